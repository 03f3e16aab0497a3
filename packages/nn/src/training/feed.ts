// One input of a Program that takes batches: its buffer, and the host memory in which rows are gathered for it.
import { zeros, type Backend, type DType, type NDArray, type Shape, type TypedArray } from "@sluice/core";
import { countedIn, type Column } from "./column.ts";
import { typedArray } from "../host/typedArray.ts";

export interface FeedOptions {
  /** For errors, as the axes are. */
  readonly name: string;
  readonly axes?: readonly string[];
  readonly batch: number;
  /** Of one sample. */
  readonly row: Shape;
  readonly dtype: DType;
  /** What a batch holds past its rows: the last one again, as tame as the data is, or zeros. */
  readonly padding: "repeat" | "zeros";
}

/** Some rows of a dataset: those at order[from], … or, without an order, at from, …. */
export interface Rows {
  readonly order: Int32Array | undefined;
  readonly from: number;
  readonly count: number;
}

/** Allocates when it is made, never after. */
export class Feed {
  /** [batch, …row] */
  readonly array: NDArray;
  readonly #options: FeedOptions;
  readonly #size: number;
  readonly #staging: TypedArray;

  constructor(backend: Backend, options: FeedOptions) {
    const { batch, row, dtype, name, axes } = options;
    this.#options = options;
    this.#size = row.reduce((product, n) => product * n, 1);
    this.#staging = typedArray(dtype, batch * this.#size);
    this.array = zeros(backend, [batch, ...row], { dtype, name, ...(axes !== undefined && { axes: ["batch", ...axes] }) });
  }

  /** Fills the buffer with rows of `source` [samples, …row], or what they begin with; enqueued like every write. Throws where the caller has changed them. */
  write({ data, size: whole, counted, verify }: Column, { order, from, count }: Rows): void {
    const size = this.#size;
    const staging = this.#staging;
    for (let i = 0; i < this.#options.batch; i++) {
      const at = from + Math.min(i, count - 1);
      const index = order === undefined ? at : order[at]!;
      for (let j = 0, first = index * whole; j < size; j++) staging[i * size + j] = data[first + j]!;
      verify?.(size === whole ? staging.subarray(i * size, (i + 1) * size) : data.subarray(index * whole, (index + 1) * whole), index);
      if (counted !== undefined) staging.fill(0, i * size + Math.min(size, countedIn(counted, index, whole)), (i + 1) * size);
    }
    if (this.#options.padding === "zeros") staging.fill(0, count * size);
    this.array.write(staging);
  }

  dispose(): void {
    this.array.dispose();
  }
}
