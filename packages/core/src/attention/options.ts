// What every kind of attention takes and gives.
import type { Names } from "../arguments/options.ts";
import type { Tensor } from "../trace/tensor.ts";

/** Which keys a query sees. Tensors broadcast to the scores […, queries, keys] as numpy's arrays do. */
export interface Visibility {
  /** Query i sees keys 0 … i + (keys − queries) only, so that the last query sees all. Default false. */
  readonly causal?: boolean | undefined;
  /**
   * How many keys there are for each row of the batch, i32 [batch], for scores [batch, …, queries, keys]. What key and value hold past them, NaN
   * included, changes no number. Default all.
   */
  readonly keyLengths?: Tensor | undefined;
  /**
   * A key is seen where it is not 0; of any dtype. A mask of keys alone ([keys], […, 1, keys]) keeps what hidden ones hold out of all numbers;
   * where some queries see a key and others do not, it must be finite. Default everywhere.
   */
  readonly mask?: Tensor | undefined;
  /** Added to the scores; −∞ hides a key. Default 0. */
  readonly bias?: Tensor | undefined;
}

export interface AttentionOptions extends Visibility {
  /** Scores become cap·tanh(score / cap), before bias and masks (Gemma Team 2024). Default none. */
  readonly softCap?: number | undefined;
  /** Multiplies the weights: a dropout mask, scaled already. Default none. */
  readonly dropout?: Tensor | undefined;
  /** Added to the output, broadcast to it. Default none. */
  readonly residual?: Tensor | undefined;
}

export const attentionNames: Names<AttentionOptions> = {
  causal: true,
  keyLengths: true,
  mask: true,
  bias: true,
  softCap: true,
  dropout: true,
  residual: true,
};

/** What of it is not used costs nothing. */
export interface AttentionResult {
  /** Σ weight·value over the keys, and the residual: […, queries, values]. */
  readonly output: Tensor;
  /** The softmax of the scores, before dropout: […, queries, keys]; zeros for a query that sees no key. */
  readonly weights: Tensor;
}
