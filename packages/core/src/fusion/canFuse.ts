// When a kernel may compute an operand itself.
import type { Node, Pointwise, Reduce } from "../graph/node.ts";
import type { Regions } from "../graph/regions.ts";
import { sameShape } from "../shape.ts";
import { isWhole } from "./whole.ts";

/** May `x` be an operand inside the kernel of `user`, rather than a load? Of i32 only what a store would not change. */
export function canFuse(x: Node, user: Node, regions: Regions): user is Pointwise | Reduce {
  if (x.kind !== "pointwise" || (user.kind !== "pointwise" && user.kind !== "reduce")) return false;
  if (x.dtype === "i32" && !isWhole(x)) return false;
  const shape = user.kind === "reduce" ? user.x.shape : user.shape;
  return x.dtype === user.dtype && sameShape(x.shape, shape) && regions.of(x) === regions.of(user);
}
