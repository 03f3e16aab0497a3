// Queries, keys and values as messages name them.
import { options } from "../arguments/options.ts";
import type { Shape } from "../backend.ts";
import { SluiceError } from "../errors.ts";
import { checkTensor } from "../trace/check.ts";
import { describe } from "../trace/describe.ts";
import { broadcastTo } from "../trace/movement.ts";
import { who } from "../trace/scope.ts";
import { Tensor } from "../trace/tensor.ts";
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
    const { query, key, value } = withoutPadding({ query: q, key: k, value: v }, visibility);
    return { q: query, k: key, v: value };
  }
  const what = `attention needs q […, queries, size], k […, keys, size] and v […, keys, values]: got ${[q, k, v].map((x) => describe(x)).join(", ")}`;
  throw new SluiceError({ code: "SHAPE_MISMATCH", who: who("attention"), what, facts: { shapes: [q.shape, k.shape, v.shape] } });
}

/** An option's tensor as numpy broadcasts it. Throws SHAPE_MISMATCH, naming it. */
export function spread(name: string, x: Tensor, shape: Shape): Tensor {
  checkTensor("attention", x, name);
  return broadcastTo(new Tensor(x.node, x.axes, name), shape);
}

/** x under a name, with names for its last axes. */
export function called(name: string, x: Tensor, axes: readonly string[]): Tensor {
  checkTensor("attention", x, name);
  const lead = x.shape.slice(0, Math.max(0, x.rank - axes.length)).map((_, axis) => x.axes[axis]);
  return new Tensor(x.node, [...lead, ...axes].slice(-x.rank || axes.length), name);
}
