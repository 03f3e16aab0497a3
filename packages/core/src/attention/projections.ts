// The weights of multi-head attention: four matrices, each with a bias or none.
import type { Weight } from "../cells/cell.ts";
import { add } from "../trace/arithmetic.ts";
import { dot } from "../trace/products.ts";
import type { Tensor } from "../trace/tensor.ts";

export type Projections<T> = {
  /** [query, heads·size] */
  readonly wq: T;
  /** [key, keyValueHeads·size] */
  readonly wk: T;
  /** [value, keyValueHeads·valueSize] */
  readonly wv: T;
  /** [heads·valueSize, outputSize] */
  readonly wo: T;
  readonly bq?: T;
  readonly bk?: T;
  readonly bv?: T;
  readonly bo?: T;
};

/** Rows and columns of each matrix. */
export type ProjectionSizes = Readonly<Record<"q" | "k" | "v" | "o", readonly [rows: number, columns: number]>>;

export function projections({ q, k, v, o }: ProjectionSizes, useBias: boolean): Projections<Weight> {
  const matrix = ([rows, columns]: readonly [number, number]): Weight => ({ axes: { rows, columns }, init: "glorotUniform" }),
    bias = ([, columns]: readonly [number, number]): Weight => ({ axes: { columns }, init: "zeros" });
  const matrices = { wq: matrix(q), wk: matrix(k), wv: matrix(v), wo: matrix(o) };
  return useBias ? { ...matrices, bq: bias(q), bk: bias(k), bv: bias(v), bo: bias(o) } : matrices;
}

/** x·w + b, x·w, or x. */
export function project(x: Tensor, w: Tensor | undefined, b: Tensor | undefined): Tensor {
  if (w === undefined) return x;
  return b === undefined ? dot(x, w) : add(dot(x, w), b);
}
