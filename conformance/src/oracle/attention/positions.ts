// What tells positions apart: sinusoids to add (Vaswani et al. 2017), and rotations (Su et al. 2021). Written from their equations, apart from core.
import type { Arithmetic } from "../arithmetic.ts";
import { zeros, type Bounded } from "../bounded.ts";

/** [steps, size]: sin(position / 10000^(2i/size)) at 2i, the cosine of the same at 2i + 1. */
export function sinusoidal({ literal }: Arithmetic, steps: number, size: number): Bounded {
  return literal(
    table([steps, size], (position, column) => ({
      angle: position / 10_000 ** ((2 * Math.floor(column / 2)) / size),
      of: column % 2 === 0 ? Math.sin : Math.cos,
    })),
  );
}

export interface RotaryOptions {
  readonly base?: number | undefined;
  /** The position of the first row. */
  readonly offset?: number | undefined;
  /** Pairs are (2i, 2i + 1) rather than (i, i + size/2). */
  readonly interleaved?: boolean | undefined;
}

export interface Rotation {
  turn(x: Bounded): Bounded;
  /** The gradient of x from that of what it was turned to: the turn back. */
  backward(d: Bounded): Bounded;
}

/** Turns pair i of x [size] at `position` by the angle position·base^(−2i/size). */
export function rotation({ plus, times, literal }: Arithmetic, size: number, position: number, options: RotaryOptions = {}): Rotation {
  const { base = 10_000, offset = 0, interleaved = false } = options;
  const half = size / 2;
  const pairOf = (column: number) => (interleaved ? Math.floor(column / 2) : column % half);
  const isFirst = (column: number) => (interleaved ? column % 2 === 0 : column < half);
  const partnerOf = (column: number) => (interleaved ? column + (isFirst(column) ? 1 : -1) : (column + half) % size);
  const angled = (of: (x: number) => number) =>
    literal(table([1, size], (_, column) => ({ angle: (position + offset) * base ** ((-2 * pairOf(column)) / size), of })));
  const [cos, sin] = [flat(angled(Math.cos)), flat(angled(Math.sin))];
  /** The other one of each pair, negative in the first place (or, back, in the second). */
  const crossed = (x: Bounded, negative: "first" | "second"): Bounded => {
    const sign = (column: number) => (isFirst(column) === (negative === "first") ? -1 : 1);
    return {
      shape: x.shape,
      value: x.value.map((_, column) => sign(column) * x.value[partnerOf(column)]!),
      error: x.error.map((_, column) => x.error[partnerOf(column)]!),
    };
  };
  return {
    turn: (x) => plus(times(x, cos), times(crossed(x, "first"), sin)),
    backward: (d) => plus(times(d, cos), crossed(times(d, sin), "second")),
  };
}

/** Of angles that are themselves computed: to a few units in the last place of float64. */
function table(
  [rows, columns]: readonly [number, number],
  at: (row: number, column: number) => { readonly angle: number; readonly of: (x: number) => number },
): Bounded {
  const x = zeros([rows, columns]);
  for (let i = 0; i < x.value.length; i++) {
    const { angle, of } = at(Math.floor(i / columns), i % columns);
    x.value[i] = of(angle);
    x.error[i] = 2 ** -50 * Math.abs(angle);
  }
  return x;
}

function flat(x: Bounded): Bounded {
  return { ...x, shape: [x.value.length] };
}
