// What a step of attention with a cache is given.
import { type Names, options as named } from "../arguments/options.ts";
import { SluiceError } from "../errors.ts";
import { checkTensor } from "../trace/checkTensor.ts";
import { describe } from "../trace/describe.ts";
import { who } from "../trace/scope.ts";
import type { Tensor } from "../trace/tensor.ts";
import { called } from "./fits.ts";
import { type AttentionStepInputs, checkSequences, inputNames } from "./module.ts";

const { causal: _, keyLengths: __, ...names } = inputNames;
const stepNames: Names<AttentionStepInputs> = { ...names, cache: true, position: true };

/** The inputs with the defaults filled in, but for the cache, which is the caller's to check. Throws SHAPE_MISMATCH, DTYPE_MISMATCH, INVALID_ARGUMENT. */
export function checkStep(inputs: AttentionStepInputs) {
  const { cache, position, ...rest } = named<AttentionStepInputs>(who("attention"), inputs, stepNames, "inputs"),
    given = checkSequences(rest),
    { query, key } = given,
    [batch, queries] = query.shape as [number, number, number];
  if (queries !== 1 || key.shape[1] !== 1) throw several(query, key);
  checkPosition(position, batch);
  return { ...given, cache, position };
}

function checkPosition(position: Tensor, batch: number): void {
  checkTensor("attention", position, "position");
  const given = describe(called("position", position, ["batch"]));
  if (position.dtype !== "i32")
    throw new SluiceError({
      code: "DTYPE_MISMATCH",
      who: who("attention"),
      what: `position must be i32, got ${given} of ${position.dtype}`,
      fix: "Pass an Int32Array",
      facts: { dtype: position.dtype },
    });
  if (position.rank === 1 && position.shape[0] === batch) return;
  const what = `position must be [batch ${batch}], one for each row of the query: got ${given}`;
  throw new SluiceError({ code: "SHAPE_MISMATCH", who: who("attention"), what, facts: { shape: position.shape, batch } });
}

function several(query: Tensor, key: Tensor): SluiceError {
  const what = `a step has one query and one key for each row of the batch: got ${describe(query)}, ${describe(key)}`;
  return new SluiceError({ code: "SHAPE_MISMATCH", who: who("attention"), what, facts: { shapes: [query.shape, key.shape] } });
}
