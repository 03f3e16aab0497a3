// What both normalisations read.
import { check, nonNegative } from "../arguments/rules.ts";
import { SluiceError } from "../errors.ts";
import { checkTensor, checkTensors } from "../trace/checkTensor.ts";
import { describe } from "../trace/describe.ts";
import { who } from "../trace/scope.ts";
import type { Tensor } from "../trace/tensor.ts";

/** Throws INVALID_ARGUMENT for what is no tensor or an epsilon below 0, SHAPE_MISMATCH for an x without axes. */
export function checkNormalised(operation: string, x: Tensor, factors: Readonly<Record<string, unknown>>, epsilon: number): void {
  checkTensor(operation, x);
  checkTensors(operation, factors);
  check(who(operation), "epsilon", epsilon, nonNegative);
  if (x.rank > 0) return;
  const what = `x must be […, size], got ${describe(x, "x")}`;
  throw new SluiceError({ code: "SHAPE_MISMATCH", who: who(operation), what, facts: { shape: x.shape } });
}
