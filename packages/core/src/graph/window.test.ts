import fc from "fast-check";
import { expect, test } from "vitest";
import type { Window } from "./node.ts";
import { areDisjoint, compose, dense, isInjective, canReshapeStrided } from "./window.ts";
import { denseStrides, sizeOf } from "../shape.ts";

/** The elements a window names, in order. */
function elements({ offset, shape, strides }: Window): number[] {
  return shape.reduce<number[]>(
    (at, n, axis) => at.flatMap((base) => Array.from({ length: n }, (_, i) => base + i * strides[axis]!)),
    [offset],
  );
}

const shape = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 });

/** Slices, flips, transposes and repeats of a shape. */
const windowOn = (base: readonly number[]): fc.Arbitrary<Window> =>
  fc
    .record({
      order: fc.shuffledSubarray(
        base.map((_, axis) => axis),
        { minLength: base.length },
      ),
      cuts: fc.array(fc.tuple(fc.nat(3), fc.nat(3), fc.boolean()), { minLength: base.length, maxLength: base.length }),
      repeat: fc.nat(2),
    })
    .map(({ order, cuts, repeat }) => {
      const steps = denseStrides(base);
      let offset = 0;
      const axes = base.map((n, axis) => {
        const [a, b, isFlipped] = cuts[axis]!,
          from = a % n,
          count = 1 + (b % (n - from));
        offset += (isFlipped ? from + count - 1 : from) * steps[axis]!;
        return { n: count, stride: isFlipped ? -steps[axis]! : steps[axis]! };
      });
      const moved = [...order.map((axis) => axes[axis]!), ...(repeat > 0 ? [{ n: repeat, stride: 0 }] : [])];
      return { offset, shape: moved.map((a) => a.n), strides: moved.map((a) => a.stride) };
    });

const nested = shape.chain((base) => windowOn(base).chain((inner) => windowOn(inner.shape).map((outer) => ({ base, inner, outer }))));

test("composing windows names the elements of one through the other", () => {
  fc.assert(
    fc.property(nested, ({ inner, outer }) => {
      const whole = compose(outer, inner),
        through = elements(inner);
      if (whole !== undefined) expect(elements(whole)).toEqual(elements(outer).map((i) => through[i]));
      else expect(inner.strides).not.toEqual(denseStrides(inner.shape)); // a dense window always composes
    }),
  );
});

test("slices, flips, transposes and repeats of any window compose", () => {
  fc.assert(fc.property(nested, ({ inner, outer }) => compose(outer, inner) !== undefined));
});

test("injective and disjoint are never claimed falsely", () => {
  fc.assert(
    fc.property(nested, ({ base, inner }) => {
      const all = elements(inner);
      if (isInjective(inner)) expect(new Set(all).size).toBe(all.length);
      fc.assert(
        fc.property(windowOn(base), (other) => !areDisjoint(inner, other, base) || !elements(other).some((e) => all.includes(e))),
        { numRuns: 5 },
      );
      expect(all.every((e) => e >= 0 && e < sizeOf(base))).toBe(true);
    }),
  );
});

test("windows that interleave are told apart", () => {
  const columns = (offset: number): Window => ({ offset, shape: [5, 4], strides: [8, 2] });
  expect(areDisjoint(columns(0), columns(1), [5, 8])).toBe(true);
  expect(areDisjoint(columns(0), columns(2), [5, 8])).toBe(false);
  expect(areDisjoint({ offset: 0, shape: [8], strides: [5] }, { offset: 1, shape: [8], strides: [5] }, [40])).toBe(true);
  expect(areDisjoint({ offset: 0, shape: [8], strides: [5] }, { offset: 39, shape: [5], strides: [-8] }, [40])).toBe(false); // both have 15
});

test("a shape refines another where its elements can be seen so wherever they lie", () => {
  fc.assert(
    fc.property(shape, fc.array(fc.nat(1), { minLength: 4, maxLength: 4 }), (coarse, gaps) => {
      const lies = { offset: 0, shape: coarse, strides: denseStrides(coarse.map((n, axis) => n + gaps[axis]!)) };
      for (const fine of [coarse, [...coarse, 1], [1, ...coarse], coarse.flatMap((n) => (n === 4 ? [2, 2] : [n]))]) {
        expect(canReshapeStrided(fine, coarse)).toBe(true);
        expect(elements(compose(dense(fine), lies)!)).toEqual(elements(lies));
      }
    }),
  );
  expect(canReshapeStrided([6], [2, 3])).toBe(false);
});
