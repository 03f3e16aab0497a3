// From scores to the weighted sum of values: the half that all kinds of attention share.
import { checkPositive } from "../arguments/checks.ts";
import { options as named } from "../arguments/options.ts";
import { check } from "../arguments/rules.ts";
import { add, div, maximum, mul, sub } from "../trace/arithmetic.ts";
import { SluiceError } from "../errors.ts";
import { checkTensor } from "../trace/checkTensor.ts";
import { describe } from "../trace/describe.ts";
import { exp, stopGradient, tanh } from "../trace/functions.ts";
import { broadcastTo, transpose } from "../trace/movement.ts";
import { matmul } from "../trace/products.ts";
import { max, sum } from "../trace/reductions.ts";
import { who } from "../trace/scope.ts";
import type { Tensor } from "../trace/tensor.ts";
import { floor, hide, type Hiding, mayHideAll } from "./hide.ts";
import { spread } from "./fits.ts";
import { attentionNames, causal, type AttentionOptions, type AttentionResult } from "./options.ts";
import { withoutPadding } from "./padding.ts";

/**
 * softmax(scores)·v over the keys that are not hidden, whatever the scores are made of:
 *
 *     e = exp(s − max s)        output = (e·v) / Σ e        weights = e / Σ e
 *
 * scores […, queries, keys], v […, keys, values], leading axes broadcast → output […, queries, values],
 * weights […, queries, keys]. A query that sees no key gets zeros, and passes on zeros as gradients. Scores beyond ±10³⁸ count as hidden.
 * What scores and v hold for keys past `keyLengths`, or under a mask of keys alone, changes no number, NaN included, and gets zeros as
 * gradients. What the scores are made of is the caller's: there a product may make NaN of zero times NaN.
 * Throws while tracing: SHAPE_MISMATCH and DTYPE_MISMATCH, naming the option that does not fit; INVALID_ARGUMENT for a soft cap not above 0.
 */
export function attend(scores: Tensor, v: Tensor, given: AttentionOptions = {}): AttentionResult {
  checkTensor("attend", v, "v");
  checkTensor("attend", scores, "scores");
  const options = named(who("attend"), given, attentionNames);
  if (scores.rank < 2 || v.rank < 2 || scores.shape.at(-1) !== v.shape.at(-2)) throw noScores(scores, v);
  // The scores of a key are its row here.
  const { key, value } = withoutPadding({ query: scores, key: turned(scores), value: v }, options, scores.shape);
  return weigh(turned(key), value, options);
}

/**
 * `attend` for scores and values without padding.
 *
 * The sum divides what comes out, not what goes in: of everything that there is per query and key the way back needs only e, and the
 * gradient of the sum folds over values instead of keys (Dao et al. 2022, "FlashAttention").
 */
export function weigh(scores: Tensor, v: Tensor, { position, ...given }: AttentionOptions & Hiding): AttentionResult {
  const options = named<AttentionOptions>(who("attend"), given, attentionNames);
  if (options.causal !== undefined) check(who("attend"), "causal", options.causal, causal);
  const bent = capped(scores, options.softCap),
    seen = hide(bent, { ...options, position }),
    isSafe = !mayHideAll(scores, options);
  const highest = stopGradient(max(isSafe ? seen : maximum(seen, floor), -1, { keepDims: true }));
  const e = exp(sub(seen, highest)),
    total = sum(e, -1, { keepDims: true });
  // The largest e is 1, and so Σ e ≥ 1, or there is none and Σ e = 0.
  const share = (x: Tensor): Tensor => div(x, isSafe ? total : maximum(broadcastTo(total, x.shape), 0.5));
  const kept = options.dropout === undefined ? e : mul(e, spread("dropout", options.dropout, e.shape)),
    context = share(matmul(kept, v));
  return {
    output: options.residual === undefined ? context : add(spread("residual", options.residual, context.shape), context),
    weights: share(e),
    scores: bent,
  };
}

function noScores(scores: Tensor, v: Tensor): SluiceError {
  const what = `attend needs scores […, queries, keys] and v […, keys, values]: got ${describe(scores, "scores")}, ${describe(v, "v")}`;
  return new SluiceError({ code: "SHAPE_MISMATCH", who: who("attend"), what, facts: { shapes: [scores.shape, v.shape] } });
}

/** The last two axes the other way round. */
function turned(x: Tensor): Tensor {
  const axes = x.shape.map((_, axis) => axis);
  return transpose(x, [...axes.slice(0, -2), x.rank - 1, x.rank - 2]);
}

function capped(scores: Tensor, cap: number | undefined): Tensor {
  if (cap === undefined) return scores;
  checkPositive(who("attend"), "softCap", cap);
  return mul(tanh(div(scores, cap)), cap);
}
