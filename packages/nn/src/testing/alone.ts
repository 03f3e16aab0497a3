// For tests: a model of one layer.
import { input } from "../layers/input.ts";
import type { Layer } from "../layers/layer.ts";
import { model } from "../models/model.ts";

/** Of one input, x [batch, …shape]. */
export function alone(layer: Layer, ...shape: readonly number[]) {
  const x = input({ shape });
  return model({ inputs: { x }, outputs: layer(x) });
}
