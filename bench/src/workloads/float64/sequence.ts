// What a cell over a sequence is here: all rows at once, steps before rows, forward and, by hand, back.

export interface Sizes {
  readonly batch: number;
  readonly steps: number;
  readonly input: number;
  readonly units: number;
}

export type Numbers<K extends string> = Readonly<Record<K, Float64Array>>;

export interface Ran<W> {
  /** [steps, batch, units] */
  readonly outputs: Float64Array;
  /** From the gradient of the outputs those of the weights and of x [steps, batch, input]. */
  backward(d: Float64Array): { readonly weights: W; readonly x: Float64Array };
}

/** x [steps, batch, input], from a zero state. */
export type Recurrence<W> = (weights: W, x: Float64Array, sizes: Sizes) => Ran<W>;

/** Block t of a stack of blocks of `length` elements, without copying. */
export function block(stack: Float64Array, t: number, length: number): Float64Array {
  return stack.subarray(t * length, (t + 1) * length);
}
