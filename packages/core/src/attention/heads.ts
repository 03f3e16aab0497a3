// Columns as heads, and heads as columns again: nothing but views. And weights that each head has for itself.
import { SluiceError } from "../errors.ts";
import { describe } from "../trace/describe.ts";
import { reshape, transpose } from "../trace/movement.ts";
import { dot, matmul } from "../trace/products.ts";
import { who } from "../trace/scope.ts";
import type { Tensor } from "../trace/tensor.ts";
import { spread } from "./fits.ts";

/** x [batch, steps, columns] with its columns along `heads` and the rest: [batch, …heads, steps, size]. Throws SHAPE_MISMATCH. */
export function split(name: string, x: Tensor, heads: readonly number[]): Tensor {
  const [batch, steps, columns] = x.shape as [number, number, number],
    size = columns / heads.reduce((a, b) => a * b, 1);
  if (!Number.isInteger(size)) throw indivisible(name, x, heads);
  const last = heads.length + 2,
    axes = heads.map((_, i) => i + 2);
  return transpose(reshape(x, [batch, steps, ...heads, size]), [0, ...axes, 1, last]);
}

/** The other way: [batch, …heads, steps, size] → [batch, steps, columns]. */
export function merge(x: Tensor): Tensor {
  const axes = x.shape.map((_, axis) => axis),
    [batch, steps] = [x.shape[0]!, x.shape.at(-2)!];
  const side = transpose(x, [0, x.rank - 2, ...axes.slice(1, -2), x.rank - 1]);
  return reshape(side, [batch, steps, side.size / Math.max(1, batch * steps)]);
}

/** What broadcasts to [batch, heads, queries, keys] with the heads along several axes. Throws SHAPE_MISMATCH. */
export function perHead(name: string, x: Tensor, [batch, heads, ...rest]: readonly number[], axes: readonly number[]): Tensor {
  return reshape(spread(name, x, [batch!, heads!, ...rest]), [batch!, ...axes, ...rest]);
}

/** x […, rows, size]·w [size, columns]; or w of each head, with the heads' axes in front. */
export function headwise(x: Tensor, w: Tensor): Tensor {
  return w.rank <= 2 ? dot(x, w) : matmul(x, w);
}

/** A weight [columns] as it is; one of each head […heads, columns] with `inner` axes of 1 after the heads. */
export function beside(w: Tensor, inner: number): Tensor {
  if (w.rank <= 1) return w;
  return reshape(w, [...w.shape.slice(0, -1), ...Array.from({ length: inner }, () => 1), ...w.shape.slice(-1)]);
}

function indivisible(name: string, x: Tensor, heads: readonly number[]): SluiceError {
  const what = `the columns of ${name} ${describe(x, name)} do not divide among ${heads.join("·")} heads`;
  return new SluiceError({ code: "SHAPE_MISMATCH", who: who("multiHeadAttention"), what, facts: { shape: x.shape, heads } });
}
