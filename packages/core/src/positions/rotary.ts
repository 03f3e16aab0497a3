// Positions as rotations of queries and keys, whose products then depend on distances alone (Su et al. 2021).
import { checkElements, checkFinite, checkPositive, checkSize } from "../arguments/checks.ts";
import { options as named } from "../arguments/options.ts";
import type { DType } from "../backend.ts";
import { SluiceError } from "../errors.ts";
import { add } from "../trace/arithmetic.ts";
import { iota, literal } from "../trace/constants.ts";
import { checkFlags, checkTensor } from "../trace/checkTensor.ts";
import { describe } from "../trace/describe.ts";
import { gather } from "../trace/lookup.ts";
import { at, expand, reshape, stack } from "../trace/movement.ts";
import { isTensor, type Tensor } from "../trace/tensor.ts";

export interface RotaryOptions {
  /** Pair i turns by base^(−2i/size) per step. Default 10000. */
  readonly base?: number | undefined;
  /** Position of the first step: a number, or i32 [batch], one for each row of x [batch, …, steps, size]. Default 0. */
  readonly offset?: number | Tensor | undefined;
  /** How many positions there are, where `offset` is a tensor, which needs it: they are 0 … length − 1, and a step at any other turns to NaN. */
  readonly length?: number | undefined;
  /** Pairs are columns 2i and 2i + 1 (Su et al. 2021), instead of i and i + size/2 (GPT-NeoX, Llama). Default false. */
  readonly interleaved?: boolean | undefined;
}

/**
 * x with each pair of columns turned by an angle that grows with the position (Su et al. 2021, "RoFormer", eq. 34): with θ = t·base^(−2i/size),
 *
 *     (a, b) → (a·cos θ − b·sin θ, b·cos θ + a·sin θ)
 *
 * x […, steps, size] → the same shape. Throws SHAPE_MISMATCH for an odd size and offsets that are not one for each row, DTYPE_MISMATCH for
 * offsets that are no i32, INVALID_ARGUMENT for a base not above 0 and for a length that is missing or not asked for.
 */
export function rotary(x: Tensor, options: RotaryOptions = {}): Tensor {
  checkTensor("rotary", x);
  const {
    base = 10000,
    offset = 0,
    interleaved = false,
    length,
  } = checkFlags("rotary", named("rotary", options, { base: true, offset: true, interleaved: true, length: true }), "interleaved");
  checkPositive("rotary", "base", base);
  if (!isTensor(offset)) checkFinite("rotary", "offset", offset);
  const [, size] = x.shape.slice(-2) as [number, number],
    half = size / 2;
  if (x.rank < 2 || !Number.isInteger(half)) throw unpaired(x);
  const { cos, sin } = isTensor(offset) ? rowsAt(x, base, checkOffsets(x, offset), length as number) : rowsFrom(x, base, offset, length);
  const axis = interleaved ? -1 : -2, // of the pairs, once the columns are split
    pairs = reshape(x, [...x.shape.slice(0, -1), ...(interleaved ? [half, 2] : [2, half])]);
  const a = at(pairs, axis, 0),
    b = at(pairs, axis, 1);
  const turned = stack([a.mul(cos).sub(b.mul(sin)), b.mul(cos).add(a.mul(sin))], axis);
  return x.derive(reshape(turned, x.shape).node, x.axes, x.name);
}

interface Turns {
  readonly cos: Tensor;
  readonly sin: Tensor;
}

/** Those of x's steps, [steps, size/2]. */
function rowsFrom(x: Tensor, base: number, offset: number, length: number | undefined): Turns {
  if (length !== undefined) throw unasked(length);
  const [steps, size] = x.shape.slice(-2) as [number, number];
  return table([steps, size / 2], base, offset, x.dtype);
}

/** Those of each row's steps, [batch, …1, steps, size/2]: rows of a table. */
function rowsAt(x: Tensor, base: number, offsets: Tensor, length: number): Turns {
  checkSize("rotary", "length", length); // which may be missing
  const [steps, size] = x.shape.slice(-2) as [number, number],
    [batch, ...lead] = x.shape.slice(0, -2) as [number, ...number[]];
  checkElements("rotary", "[length, size]", [length, size]);
  const { cos, sin } = table([length, size / 2], base, 0, x.dtype),
    first = expand(offsets, -1),
    index = steps === 1 ? first : add(first, iota(steps)); // no sum, and so no kernel, for a single step
  const rows = (of: Tensor): Tensor => reshape(gather(of, index), [batch, ...lead.map(() => 1), steps, size / 2]);
  return { cos: rows(cos), sin: rows(sin) };
}

function table([steps, half]: readonly [number, number], base: number, offset: number, dtype: DType): Turns {
  const angle = (i: number): number => (offset + Math.floor(i / half)) * base ** (-(i % half) / half);
  const of = (f: (angle: number) => number): Tensor =>
    literal(
      Float64Array.from({ length: steps * half }, (_, i) => f(angle(i))),
      [steps, half],
      dtype,
    );
  return { cos: of(Math.cos), sin: of(Math.sin) };
}

function checkOffsets(x: Tensor, offsets: Tensor): Tensor {
  if (offsets.dtype !== "i32")
    throw new SluiceError({
      code: "DTYPE_MISMATCH",
      who: "rotary",
      what: `offset must be i32 or a number, got ${describe(offsets, "offset")} of ${offsets.dtype}`,
      fix: "Pass an Int32Array",
      facts: { dtype: offsets.dtype },
    });
  if (x.rank >= 3 && offsets.rank === 1 && offsets.shape[0] === x.shape[0]) return offsets;
  throw new SluiceError({
    code: "SHAPE_MISMATCH",
    who: "rotary",
    what: `offset must be [batch] for x [batch, …, steps, size]: got ${describe(offsets, "offset")} for ${describe(x, "x")}`,
    facts: { offset: offsets.shape, x: x.shape },
  });
}

function unasked(length: number): SluiceError {
  const what = "a length is for an offset that is a tensor";
  return new SluiceError({ code: "INVALID_ARGUMENT", who: "rotary", what, fix: "Leave length out", facts: { length } });
}

function unpaired(x: Tensor): SluiceError {
  const what = `x must be […, steps, size] of even size, got ${describe(x, "x")}`;
  return new SluiceError({ code: "SHAPE_MISMATCH", who: "rotary", what, facts: { shape: x.shape } });
}
