// Products of matrices.
import { SluiceError } from "../errors.ts";
import * as make from "../graph/make.ts";
import { sizeOf } from "../shape.ts";
import { broadcastShape, mergeAxes } from "./arithmetic.ts";
import { checkTensor } from "./checkTensor.ts";
import { describe } from "./describe.ts";
import { expand, squeeze } from "./movement.ts";
import { label, who } from "./scope.ts";
import type { Tensor } from "./tensor.ts";

/** x […, k] · w [k, n] → […, n]. Throws SHAPE_MISMATCH where the inner sizes differ or w is no matrix. */
export function dot(x: Tensor, w: Tensor): Tensor {
  checkTensor("dot", x);
  checkTensor("dot", w, "w");
  if (x.rank < 1 || w.rank !== 2) throw misfit("dot", "x […, k] and w [k, n]", x, w);
  if (x.shape.at(-1) !== w.shape[0]) throw misfit("dot", "equal inner sizes", x, w);
  checkDtypes("dot", x, w);
  const lead = x.shape.slice(0, -1),
    flat = make.reshape(x.node, [sizeOf(lead), w.shape[0]!]);
  const product = make.matmul(flat, w.node, undefined, label("dot"));
  return x.derive(make.reshape(product, [...lead, w.shape[1]!]), [...lead.map((_, axis) => x.axes[axis]), w.axes[1]]);
}

/**
 * a […, m, k] · b […, k, n] → […, m, n]; leading axes broadcast. As in numpy a vector a [k] is a row, a vector b [k] a column, and the result lacks
 * their axis: two vectors give a scalar. Throws SHAPE_MISMATCH.
 */
export function matmul(a: Tensor, b: Tensor): Tensor {
  checkTensor("matmul", a, "a");
  checkTensor("matmul", b, "b");
  if (a.rank < 1 || b.rank < 1) throw misfit("matmul", "vectors, matrices or stacks of matrices", a, b);
  if (a.shape.at(-1) !== b.shape.at(b.rank === 1 ? 0 : -2)) throw misfit("matmul", "equal inner sizes", a, b);
  if (a.rank === 1) return squeeze(matmul(expand(a, 0), b), b.rank === 1 ? 0 : -2);
  if (b.rank === 1) return squeeze(matmul(a, expand(b, 1)), -1);
  return stacksProduct(a, b);
}

function stacksProduct(a: Tensor, b: Tensor): Tensor {
  const batch = broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  if (batch === undefined) throw misfit("matmul", "leading axes that broadcast", a, b);
  checkDtypes("matmul", a, b);
  const spread = (x: Tensor): Tensor["node"] => make.broadcast(x.node, [...batch, ...x.shape.slice(-2)]);
  const product = make.matmul(spread(a), spread(b), undefined, label("matmul"));
  const lead = mergeAxes([a, b], [...batch, 0, 0]).slice(0, -2);
  return a.derive(product, [...lead, a.axes[a.rank - 2], b.axes[b.rank - 1]]);
}

/** `names` are what the operation calls them. */
export function checkDtypes(operation: string, x: Tensor, y: Tensor, names: readonly [x?: string, y?: string] = []): void {
  if (x.dtype === y.dtype && x.dtype !== "i32") return;
  const what = `${operation} needs two f32 or two f64: ${describe(x, names[0])} is ${x.dtype}, ${describe(y, names[1])} is ${y.dtype}`;
  throw new SluiceError({
    code: "DTYPE_MISMATCH",
    who: who(operation),
    what,
    fix: "cast(…) one of them",
    facts: { dtypes: [x.dtype, y.dtype] },
  });
}

function misfit(operation: string, needs: string, x: Tensor, y: Tensor): SluiceError {
  const what = `${operation} needs ${needs}: ${describe(x)} · ${describe(y)}`;
  return new SluiceError({ code: "SHAPE_MISMATCH", who: who(operation), what, facts: { shapes: [x.shape, y.shape] } });
}
