// Keys that no query of a row sees, as zeros. Hiding their scores comes too late for what is not finite: 0·NaN is NaN in a product, there and back.
import type { Shape } from "../backend.ts";
import { broadcastShape, less, where } from "../trace/arithmetic.ts";
import { iota } from "../trace/constants.ts";
import { cast } from "../trace/functions.ts";
import { broadcastTo, reshape } from "../trace/movement.ts";
import type { Tensor } from "../trace/tensor.ts";
import { flags } from "../trace/flags.ts";
import { checkLengths, checkMask } from "./fits.ts";
import type { Visibility } from "./options.ts";

interface Attended {
  readonly query: Tensor;
  readonly key: Tensor;
  readonly value: Tensor;
}

/**
 * What is attended to, [batch, …, keys, features] or with fewer leading axes, for scores […, queries, keys], with zeros past `keyLengths` and where a mask is 0 that does not
 * depend on the query ([…, 1, keys], or [keys]) nor, with `heads`, on the head. As it is where nothing is hidden so. Queries stay as they are, in
 * self-attention too: a step that is no key may still ask.
 */
export function withoutPadding<T extends Attended>(given: T, visibility: Visibility, scores: Shape, heads = false): T {
  const { query, key, value } = given,
    tests = [byLength(visibility, scores, Math.max(query.rank, key.rank)), byMask(visibility, scores, heads)].filter(
      (t) => t !== undefined,
    );
  if (tests.length === 0) return given;
  const seen = (x: Tensor): Tensor => tests.reduce((kept, test) => hideRows(kept, test), x);
  const cleaned = seen(key);
  return { ...given, key: cleaned, value: value.node === key.node ? cleaned : seen(value) };
}

interface Test {
  /** What it broadcasts from. */
  readonly of: Tensor;
  /** For each element of x […, keys, features], `of` broadcast to it: not 0 where its key is seen. */
  readonly seen: (of: Tensor, x: Tensor) => Tensor;
}

/** Zeros in the rows that are not seen. The test fits the scores; a value that does not is refused where it meets them. */
function hideRows(x: Tensor, { of, seen }: Test): Tensor {
  const shape = broadcastShape(x.shape, of.shape);
  if (shape === undefined) return x;
  // Spread before it is looked at, so that looking is part of the kernel that selects.
  return where(seen(broadcastTo(of, shape), broadcastTo(x, shape)), x, 0).named(...x.axes);
}

function byLength({ keyLengths }: Visibility, scores: Shape, rank: number): Test | undefined {
  if (keyLengths === undefined) return undefined;
  checkLengths(keyLengths, scores);
  return {
    of: reshape(keyLengths, [keyLengths.shape[0]!, ...Array.from({ length: rank - 1 }, () => 1)]),
    seen: (length, { shape, dtype }) =>
      less(broadcastTo(reshape(iota(shape.at(-2)!, dtype), [shape.at(-2)!, 1]), shape), cast(length, dtype)),
  };
}

/** Where it is a mask of keys alone. */
function byMask({ mask }: Visibility, scores: Shape, heads: boolean): Test | undefined {
  if (mask === undefined) return undefined;
  checkMask(mask, scores);
  if (mask.rank === 0) return undefined;
  const lead = mask.shape.slice(0, -1);
  if ((lead.pop() ?? 1) !== 1 || (heads && (lead.pop() ?? 1) !== 1)) return undefined;
  return { of: reshape(mask, [...lead, mask.shape.at(-1)!, 1]), seen: (is, { dtype }) => flags(is, dtype) };
}
