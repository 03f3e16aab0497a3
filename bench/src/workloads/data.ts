// Numbers for workloads.
import { type HostArray, random } from "@sluice/core";

/** Standard normal numbers in float32: the same for the same label and shape, in every process. */
export function normal(label: string, shape: readonly number[]): HostArray {
  const count = shape.reduce((product, length) => product * length, 1);
  return { dtype: "f32", shape, data: Float32Array.from(random(label).normal(count)) };
}
