// Running sums along an axis.
import { options as named } from "../arguments/options.ts";
import { add } from "./arithmetic.ts";
import { checkAxis } from "./axis.ts";
import { checkFlags } from "./checkTensor.ts";
import { constant } from "./constants.ts";
import { expand, flip, pad, reshape, slice, transpose } from "./movement.ts";
import { scan } from "./scan.ts";
import { who } from "./scope.ts";
import type { Tensor } from "./tensor.ts";

export interface CumulativeSumOptions {
  /** Leave out the element itself: the first sum is 0. Default false. */
  readonly exclusive?: boolean;
  /** Sum from the end of the axis to its beginning. Default false. */
  readonly reverse?: boolean;
}

/**
 * yᵢ = x₀ + … + xᵢ along `axis`, as ONNX's CumSum and TensorFlow's cumsum: of the shape of x. NaN and infinities stay in all later sums.
 * Its work grows with the length: √n blocks run next to each other, and after them their sums, in two loops of √n steps.
 * Throws INVALID_ARGUMENT for an axis that there is not, and for unknown options.
 */
export function cumulativeSum(x: Tensor, axis = -1, options: CumulativeSumOptions = {}): Tensor {
  const along = checkAxis("cumulativeSum", x, axis);
  const { exclusive = false, reverse = false } = checkFlags(
    "cumulativeSum",
    named<CumulativeSumOptions>(who("cumulativeSum"), options, { exclusive: true, reverse: true }),
    "exclusive",
    "reverse",
  );
  if (x.size === 0) return x;
  const last = x.shape.map((_, a) => a).filter((a) => a !== along);
  const forward = reverse ? flip(x, along) : x;
  const sums = runningSums(transpose(forward, [...last, along]), exclusive);
  const back = transpose(sums, [...last.slice(0, along).map((_, a) => a), x.rank - 1, ...last.slice(along).map((_, a) => a + along)]);
  return x.derive((reverse ? flip(back, along) : back).node, x.axes);
}

/** Along the last axis. */
function runningSums(x: Tensor, exclusive: boolean): Tensor {
  const n = x.shape.at(-1) ?? 1,
    rows = x.size / n,
    width = Math.ceil(Math.sqrt(n)),
    count = Math.ceil(n / width);
  const padded = pad(reshape(x, [rows, n]), [
    [0, 0],
    [0, width * count - n],
  ]);
  const blocks = transpose(reshape(padded, [rows, count, width]), [2, 1, 0]); // [width, count, rows]
  const within = sums(blocks, exclusive);
  const before = sums(within.total, true).outputs; // [count, rows]
  const all = add(within.outputs, expand(before, 0));
  return reshape(slice(reshape(transpose(all, [2, 1, 0]), [rows, count * width]), 1, 0, n), x.shape);
}

/** Along the first axis, with the sum of all. */
function sums(x: Tensor, exclusive: boolean): { readonly outputs: Tensor; readonly total: Tensor } {
  const { state, outputs } = scan({
    state: constant(0, x.shape.slice(1), x.dtype),
    inputs: x,
    step: (sum, term) => {
      const next = add(sum, term);
      return { state: next, output: exclusive ? sum : next };
    },
    name: "cumulativeSum",
  });
  return { outputs, total: state };
}
