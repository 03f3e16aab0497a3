// The sizes of inputs that stay open, and numbers to see them at: as many of each as tell formulas apart, and unlike all others.
import type { Size } from "./dims/scope.ts";
import { nth } from "../read/there.ts";

/** A size that the file leaves open, by its name. */
export interface OpenSize {
  readonly name: string;
  /** The inputs, and the axis of each, that it is the size of. */
  readonly of: readonly { readonly input: string; readonly axis: number }[];
}

/** How many sizes a graph is seen at: steps leave every remainder by 2 to 9, so that no rounding of windows goes unseen. */
export const pointCount = 12;

const batches = [3, 5, 2, 7, 11, 4, 13, 6, 17, 8, 19, 9];
const steps = [24, 25, 26, 27, 28, 29, 30, 31, 32, 34, 37, 39];
/** Longer ones where layers need many steps, shorter ones where they allow few: those leave fewer remainders. */
const scales = [steps, steps.map((n) => n + 240), steps.map((n) => 4 + (n % 8)), steps.map((n) => 2 + (n % 4))] as const;

/** What each open size is at each point, scale after scale. Those of several inputs are the same in orders of their own. */
export function pointsOf(open: readonly OpenSize[]): readonly (readonly ReadonlyMap<string, number>[])[] {
  if (open.length === 0) return [[new Map()]];
  return scales.map(
    (scale) =>
      Array.from(
        { length: pointCount },
        (_, p) =>
          new Map(
            open.map(({ name }, k) => [
              name,
              name === "batch" ? nth(batches, p) : nth(scale, (p * nth(orders, k % orders.length) + k) % pointCount),
            ]),
          ),
      ), // there are that many
  );
}

/** Numbers that share no factor with the number of points: steps times one of them are in another order. */
const orders = [1, 1, 5, 7, 11];

/** As graphs know them. */
export function sizesOf(open: readonly OpenSize[], points: readonly ReadonlyMap<string, number>[]): readonly Size[] {
  return open.map(({ name, of }) => ({
    name,
    of: nth(of, 0).input,
    axis: nth(of, 0).axis,
    values: points.map((point) => point.get(name) ?? 1),
  })); // each is of an input
}
