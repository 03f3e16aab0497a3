// One query and the keys that it sees: what it gets from their values, and back. There are no masks here: what is not seen is not there.
import type { Arithmetic } from "../arithmetic.ts";
import { full, repeated, type Bounded } from "../bounded.ts";
import type { Named } from "../cell.ts";
import type { Score } from "./scores.ts";

export interface Query {
  readonly score: Score;
  readonly weights: Named;
  /** [size] */
  readonly q: Bounded;
  /** [n, size], n at least 1 */
  readonly k: Bounded;
  /** [n, values] */
  readonly v: Bounded;
  /** [n], added to the scores */
  readonly bias?: Bounded | undefined;
  /** Scores become cap·tanh(score / cap). */
  readonly softCap?: number | undefined;
  /** [n], multiplied onto the weights */
  readonly dropout?: Bounded | undefined;
}

export interface Answer {
  /** Σ dropout∘weight∘v: [values] */
  readonly context: Bounded;
  /** softmax of the scores: [n] */
  readonly weights: Bounded;
  /** The scores, bent: [n] */
  readonly scores: Bounded;
  backward(
    dContext: Bounded,
    dWeights: Bounded,
    dScores?: Bounded,
  ): { readonly q: Bounded; readonly k: Bounded; readonly v: Bounded; readonly bias: Bounded; readonly weights: readonly Named[] };
}

export function answer(arithmetic: Arithmetic, { score, weights, q, k, v, bias, softCap, dropout }: Query): Answer {
  const { affine, affineT, outer, plus, minus, times, softmax } = arithmetic;
  const n = k.shape[0]!;
  const scores = score.of(arithmetic, weights, q, k);
  const cap = softCap === undefined ? undefined : capped(arithmetic, scores.value, softCap);
  const s = cap?.value ?? scores.value;
  const p = softmax(bias ? plus(s, bias) : s);
  const kept = dropout ? times(p, dropout) : p;
  return {
    context: affine([], [kept, v]),
    weights: p,
    scores: s,
    backward(dContext, dWeights, dScores) {
      const dKept = affineT([], [dContext, v]);
      const dp = plus(dropout ? times(dKept, dropout) : dKept, dWeights);
      const mean = affine([], [p, { ...dp, shape: [n, 1] }]); // Σⱼ pⱼ·dpⱼ
      const ds = minus(times(p, dp), times(p, repeated(mean, n))); // ∂pᵢ/∂sⱼ = pᵢ·([i = j] − pⱼ)
      const dBent = dScores ? plus(ds, dScores) : ds;
      const through = scores.backward(cap ? cap.backward(dBent) : dBent);
      return { ...through, v: outer(kept, dContext), bias: ds };
    },
  };
}

function capped({ times, tanh, tanhSlope, literal }: Arithmetic, s: Bounded, softCap: number) {
  const [cap, inverse] = [literal(full(s.shape, softCap)), literal(full(s.shape, 1 / softCap))];
  const t = tanh(times(s, inverse));
  return { value: times(cap, t), backward: (d: Bounded) => times(d, tanhSlope(t), cap, inverse) };
}
