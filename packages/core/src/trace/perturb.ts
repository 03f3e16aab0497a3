// What values would be if others on the way to them were a little more: the derivative with respect to something in the middle of a step is that by the little.
import { refused } from "../arguments/rules.ts";
import { SluiceError } from "../errors.ts";
import * as make from "../graph/make.ts";
import type { Node } from "../graph/node.ts";
import { rewrite } from "../graph/rewrite.ts";
import { sameShape } from "../shape.ts";
import { checkTensor } from "./checkTensor.ts";
import { describe } from "./describe.ts";
import { mapTensors, tensorsOf } from "./scan.ts";
import type { Tensor } from "./tensor.ts";
import type { Tree } from "./tree.ts";

/**
 * The same tree, computed as if each x of `by` were x + δ, wherever it is read on the way there and where it stands in the tree itself.
 *
 * So dL/dδ at δ = 0 is the total derivative dL/dx, also of an x within a step of a `scan`, where δ may be a row of a sequence.
 * Throws SHAPE_MISMATCH and DTYPE_MISMATCH for a δ that is not like its x, INVALID_ARGUMENT for what are no tensors.
 *
 * ```ts
 * const [moved] = perturb([tanh(x).mul(2)], new Map([[x, delta]]));   // tanh(x + δ)·2
 * ```
 */
export function perturb<T extends Tree<Tensor>>(tree: T, by: ReadonlyMap<Tensor, Tensor>): T {
  const added = new Map<Node, Node>();
  if (!(by instanceof Map)) throw refused("perturb", "by", by, "a Map of tensors to what is added to them");
  for (const [x, delta] of by) {
    checkLike(x, delta);
    added.set(x.node, delta.node);
  }
  const rule = (node: Node, old: Node): Node => {
    const delta = added.get(old);
    return delta === undefined ? node : make.pointwise("add", [node, delta], node.label);
  };
  const roots = tensorsOf(tree).map(([, { node }]) => node),
    rewritten = rewrite(roots, rule);
  const moved = new Map(roots.map((node, i) => [node, rewritten[i] ?? node]));
  return mapTensors(tree, (x) => x.derive(moved.get(x.node) ?? x.node, x.axes, x.name));
}

function checkLike(x: Tensor, delta: Tensor): void {
  checkTensor("perturb", x);
  checkTensor("perturb", delta, "δ");
  if (sameShape(x.shape, delta.shape) && x.dtype === delta.dtype) return;
  throw new SluiceError({
    code: x.dtype === delta.dtype ? "SHAPE_MISMATCH" : "DTYPE_MISMATCH",
    who: "perturb",
    what: `${describe(x)} ${x.dtype} cannot be moved by ${describe(delta, "δ")} ${delta.dtype}`,
    facts: { shapes: [x.shape, delta.shape] },
  });
}
