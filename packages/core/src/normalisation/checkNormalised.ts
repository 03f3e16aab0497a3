// What all normalisations read.
import { check, nonNegative } from "../arguments/rules.ts";
import { SluiceError } from "../errors.ts";
import { broadcastsTo } from "../trace/arithmetic.ts";
import { checkTensor, checkTensors } from "../trace/checkTensor.ts";
import { describe } from "../trace/describe.ts";
import { who } from "../trace/scope.ts";
import { isTensor, type Tensor } from "../trace/tensor.ts";

/** Throws INVALID_ARGUMENT for what is no tensor or an epsilon below 0, SHAPE_MISMATCH for an x without axes. */
export function checkNormalised(operation: string, x: Tensor, factors: Readonly<Record<string, unknown>>, epsilon: number): void {
  checkTensor(operation, x);
  checkTensors(operation, factors);
  check(who(operation), "epsilon", epsilon, nonNegative);
  const refused = (code: "SHAPE_MISMATCH" | "DTYPE_MISMATCH", what: string): SluiceError =>
    new SluiceError({ code, who: who(operation), what, facts: { shape: x.shape } });
  if (x.rank === 0) throw refused("SHAPE_MISMATCH", `x must be […, size], got ${describe(x, "x")}`);
  if (x.dtype === "i32") throw refused("DTYPE_MISMATCH", `${describe(x, "x")} is i32; cast(…) it to f32 or f64`);
  for (const [name, factor] of Object.entries(factors)) {
    if (!isTensor(factor) || broadcastsTo(factor.shape, x.shape)) continue;
    throw refused("SHAPE_MISMATCH", `${name} must broadcast to ${describe(x, "x")}, got ${describe(factor, name)}`);
  }
}
