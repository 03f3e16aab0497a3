// All alignments of labels with steps, by the forward recursion of Graves et al. (2006, equations 6 to 8), in log space.
import { argmax, cast, concat, constant, equal, exp, log1p, matmul, maximum, minimum, neg, oneHot, pad, scan, stack, where, type Tensor } from "@sluice/core"; // prettier-ignore

/** log 0: finite, as no difference of two may be NaN, nor does every backend keep infinities; and below all sums of log-probabilities. */
const none = -2e38;
/** What lies below it is no probability. */
export const impossible = -1e38;

export interface AlignmentOptions {
  readonly blank: number;
  /** [batch, steps], 1 where a step counts. */
  readonly mask?: Tensor | undefined;
}

/** log p(y | logs) [batch], of labels y [batch, labels], which end at the first blank, and log-probabilities logs [batch, steps, classes]. */
export function alignments(y: Tensor, logs: Tensor, { blank, mask }: AlignmentOptions): Tensor {
  const { dtype, shape } = logs,
    [batch = 0, , classes = 0] = shape,
    l = extended(y, blank),
    [, length = 0] = l.shape;
  const isAgain = pad(cast(equal(l.slice(1, 2), l.slice(1, 0, length - 2)), dtype), besides(2, 0), 1); // blanks are, as those two before are
  const edge = constant(none, [batch, 2], dtype);
  const inputs = {
    emitted: matmul(logs, oneHot(l, classes, dtype).transpose([0, 2, 1])).transpose([1, 0, 2]),
    ...(mask !== undefined && { counts: mask.transpose([1, 0]).expand(2) }),
  };
  const { state: alpha } = scan({
    name: "ctc",
    // αₜ(s) at s + 2: of what comes before a step, all is in front.
    state: concat([edge, constant(0, [batch, 1], dtype), constant(none, [batch, length - 1], dtype)], 1),
    inputs,
    step(before, { emitted, counts }) {
      const [stay, move, skip] = [2, 1, 0].map((from) => before.slice(1, from, from + length)) as [Tensor, Tensor, Tensor]; // three of them
      const next = plus(plus(stay, move), where(isAgain, none, skip)).add(emitted);
      return { state: concat([edge, counts === undefined ? next : where(counts, next, stay)], 1), output: {} };
    },
  });
  const isEnd = oneHot(cast(labelCounts(y, blank, dtype), dtype).mul(2), length, dtype);
  return where(isEnd, plus(alpha.slice(1, 2), alpha.slice(1, 1, length + 1)), 0).sum(1);
}

/** [batch], i32: how many labels come before the first blank. */
export function labelCounts(y: Tensor, blank: number, dtype: Tensor["dtype"]): Tensor {
  return argmax(pad(cast(equal(y, blank), dtype), besides(0, 1), 1), 1);
}

/** The paper's l′: a blank in front of each label and after the last, [batch, 2 labels + 1]. */
function extended(y: Tensor, blank: number): Tensor {
  const [batch = 0, most = 0] = y.shape,
    blanks = constant(blank, [batch, Math.max(1, most)], "i32");
  const pairs = stack([most === 0 ? blanks : y, blanks], 2).reshape([batch, 2 * Math.max(1, most)]);
  return concat([blanks.slice(1, 0, 1), pairs], 1);
}

/** log(eᵃ + eᵇ); of equals each has half of the gradient. */
function plus(a: Tensor, b: Tensor): Tensor {
  const apart = a.sub(b);
  return maximum(a, b).add(log1p(exp(minimum(neg(apart), apart)))); // the maximum gives b all of it, the minimum takes half back
}

function besides(left: number, right: number): readonly (readonly [before: number, after: number])[] {
  return [
    [0, 0],
    [left, right],
  ];
}
