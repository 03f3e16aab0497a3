// Targets of −1 and 1: on which side of 0 a score should be.
import { where, type Shape, type Tensor } from "@sluice/core";
import type { Target } from "../measures/measure.ts";

/** Like the output, each −1 … 1. */
export function sides(output: Shape): Target {
  return { shape: output, dtype: "float", range: [-1, 1] };
}

/** 1 − y z, where a target of 0 is −1. Keras asks whether all targets of a batch are 0 or 1; so what one costs does not depend on the others. */
export function margin(y: Tensor, z: Tensor): Tensor {
  return where(y.equal(0), -1, y).mul(z).neg().add(1);
}
