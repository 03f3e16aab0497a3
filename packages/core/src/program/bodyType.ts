// What the body of a kernel computes in.
import type { DType, MapStep, ReduceStep } from "../backend.ts";

/**
 * f64 if an output is, otherwise f32 if one is; the slots' dtypes are `dtypes`. An i32 body computes whole numbers, which f32 and f64 both
 * hold as far as they are exact.
 */
export function bodyType(kernel: MapStep | ReduceStep, dtypes: readonly DType[]): DType {
  const outputs = kernel.kind === "reduce" ? [kernel.output] : kernel.outputs.map(({ view }) => view),
    types = outputs.map(({ slot }) => dtypes[slot]);
  return types.includes("f64") ? "f64" : types.includes("f32") ? "f32" : "i32";
}
