// What every kind of attention takes and gives.
import type { Names } from "../arguments/options.ts";
import { boolean, oneOf, type Rule } from "../arguments/rules.ts";
import type { Tensor } from "../trace/tensor.ts";

export type Causal = boolean | "start" | "end";

const ends = oneOf("start", "end");
export const causal: Rule<Causal> = {
  ...ends,
  expected: `${boolean.expected}, or ${ends.expected}`,
  accepts: (value): value is Causal => boolean.accepts(value) || ends.accepts(value),
};

/** Which keys a query sees. Tensors broadcast to the scores […, queries, keys] as numpy's arrays do. */
export interface Visibility {
  /**
   * Queries see what came before only. "end", or true: query i sees keys 0 … i + (keys − queries), so that the last query sees all. "start": it sees keys
   * 0 … i, as in Keras's use_causal_mask and PyTorch's is_causal. For as many queries as keys both are the same. Default false.
   */
  readonly causal?: Causal | undefined;
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
  /** What the score is of each query and key, after `softCap`, before bias and masks: […, queries, keys]; where a key is hidden, anything. */
  readonly scores: Tensor;
}
