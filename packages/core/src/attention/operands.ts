// Queries, keys and values as messages name them.
import { options } from "../arguments/options.ts";
import { SluiceError } from "../errors.ts";
import { broadcastShape } from "../trace/arithmetic.ts";
import { checkTensor } from "../trace/checkTensor.ts";
import { describe } from "../trace/describe.ts";
import { who } from "../trace/scope.ts";
import type { Tensor } from "../trace/tensor.ts";
import { called } from "./fits.ts";
import { attentionNames, type Visibility } from "./options.ts";
import { withoutPadding } from "./padding.ts";

export interface Operands {
  /** […, queries, size] */
  readonly q: Tensor;
  /** […, keys, size] */
  readonly k: Tensor;
  /** […, keys, values] */
  readonly v: Tensor;
}

/** As they are, but for keys that no query sees. Throws SHAPE_MISMATCH where one is no matrix, or keys and values differ in number. */
export function checkOperands(given: Operands, visibility: Visibility = {}): Operands {
  options<Visibility>(who("attention"), visibility, attentionNames);
  for (const [name, x] of Object.entries(given)) checkTensor("attention", x, name);
  const operands = {
    q: called("q", given.q, ["queries", "size"]),
    k: called("k", given.k, ["keys", "size"]),
    v: called("v", given.v, ["keys", "values"]),
  };
  const { q, k, v } = operands;
  if ([q, k, v].every((x) => x.rank >= 2) && k.shape.at(-2) === v.shape.at(-2)) {
    const lead = broadcastShape(q.shape.slice(0, -2), k.shape.slice(0, -2));
    if (lead === undefined) return operands; // refused where they meet
    const { query, key, value } = withoutPadding({ query: q, key: k, value: v }, visibility, [...lead, q.shape.at(-2)!, k.shape.at(-2)!]);
    return { q: query, k: key, v: value };
  }
  const what = `attention needs q […, queries, size], k […, keys, size] and v […, keys, values]: got ${[q, k, v].map((x) => describe(x)).join(", ")}`;
  throw new SluiceError({ code: "SHAPE_MISMATCH", who: who("attention"), what, facts: { shapes: [q.shape, k.shape, v.shape] } });
}
