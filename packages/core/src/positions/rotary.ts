// Positions as rotations of queries and keys, whose products then depend on distances alone (Su et al. 2021).
import { checkFinite, checkPositive } from "../arguments/checks.ts";
import { options as named } from "../arguments/options.ts";
import { SluiceError } from "../errors.ts";
import { literal } from "../trace/constants.ts";
import { checkFlags, checkTensor } from "../trace/checkTensor.ts";
import { describe } from "../trace/describe.ts";
import { at, reshape, stack } from "../trace/movement.ts";
import type { Tensor } from "../trace/tensor.ts";

export interface RotaryOptions {
  /** Pair i turns by base^(−2i/size) per step. Default 10000. */
  readonly base?: number | undefined;
  /** Position of the first step. Default 0. */
  readonly offset?: number | undefined;
  /** Pairs are columns 2i and 2i + 1 (Su et al. 2021), instead of i and i + size/2 (GPT-NeoX, Llama). Default false. */
  readonly interleaved?: boolean | undefined;
}

/**
 * x with each pair of columns turned by an angle that grows with the position (Su et al. 2021, "RoFormer", eq. 34): with θ = t·base^(−2i/size),
 *
 *     (a, b) → (a·cos θ − b·sin θ, b·cos θ + a·sin θ)
 *
 * x […, steps, size] → the same shape. Throws SHAPE_MISMATCH for an odd size, INVALID_ARGUMENT for a base not above 0.
 */
export function rotary(x: Tensor, options: RotaryOptions = {}): Tensor {
  checkTensor("rotary", x);
  const {
    base = 10000,
    offset = 0,
    interleaved = false,
  } = checkFlags("rotary", named("rotary", options, { base: true, offset: true, interleaved: true }), "interleaved");
  checkPositive("rotary", "base", base);
  checkFinite("rotary", "offset", offset);
  const [steps, size] = x.shape.slice(-2) as [number, number],
    half = size / 2;
  if (x.rank < 2 || !Number.isInteger(half)) throw unpaired(x);
  const angle = (i: number): number => (offset + Math.floor(i / half)) * base ** (-(i % half) / half);
  const table = (f: (angle: number) => number): Tensor =>
    literal(
      Float64Array.from({ length: steps * half }, (_, i) => f(angle(i))),
      [steps, half],
      x.dtype,
    );
  const cos = table(Math.cos),
    sin = table(Math.sin);
  const axis = interleaved ? -1 : -2, // of the pairs, once the columns are split
    pairs = reshape(x, [...x.shape.slice(0, -1), ...(interleaved ? [half, 2] : [2, half])]);
  const a = at(pairs, axis, 0),
    b = at(pairs, axis, 1);
  const turned = stack([a.mul(cos).sub(b.mul(sin)), b.mul(cos).add(a.mul(sin))], axis);
  return x.derive(reshape(turned, x.shape).node, x.axes, x.name);
}

function unpaired(x: Tensor): SluiceError {
  const what = `x must be […, steps, size] of even size, got ${describe(x, "x")}`;
  return new SluiceError({ code: "SHAPE_MISMATCH", who: "rotary", what, facts: { shape: x.shape } });
}
