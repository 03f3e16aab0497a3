import type { View } from "@sluice/core";
import { walker } from "@sluice/core/kit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Example, examples } from "./testing/products.ts";
import { type HarnessOptions, harness } from "./testing/harness.ts";

const isThorough = process.env["SLUICE_THOROUGH"] === "1";
const budget = { numRuns: 1e9, interruptAfterTimeLimit: isThorough ? 20_000 : 2_000 };

/** Runs an example once on numbers from a seed; the slots before, and after. */
function run({ program }: Example, seed: number, options: HarnessOptions = {}) {
  const { slots, run, untouched } = harness(program, options);
  const whole = program.slots[2]!.dtype === "i32";
  let state = seed | 1;
  const random = (): number => ((state = Math.imul(state, 1664525) + 1013904223) >>> 8) / 2 ** 24;
  for (const slot of slots)
    for (let i = 0; i < slot.length; i++) slot[i] = whole || slot instanceof Int32Array ? Math.floor(19 * random()) - 9 : 2 * random() - 1;
  const before = slots.map((slot) => Float64Array.from(slot));
  run();
  return { before, after: slots, untouched: untouched() };
}

/** What the result's slot must hold, and how far from it each element may be: each addition rounds at most the sum of the sizes by half an ulp. */
function expected({ step: { a, b, out, accumulate }, lengths }: Example, [left, right, start]: readonly Float64Array[]) {
  const [values, errors] = [start!.slice(), start!.map(() => 0)];
  const k = a.shape.at(-1)!;
  const strides = (view: View, row: number, column: number): number[] => [...view.advance, ...view.strides.slice(0, -2), row, column];
  const walk = walker(
    [...lengths, ...out.shape],
    [strides(a, a.strides.at(-2)!, 0), strides(b, 0, b.strides.at(-1)!), strides(out, out.strides.at(-2)!, out.strides.at(-1)!)],
  );
  walk([a.offset, b.offset, out.offset], ([p, q, at]) => {
    let [sum, size] = accumulate ? [values[at!]!, Math.abs(values[at!]!)] : [0, 0];
    for (let l = 0; l < k; l++) {
      const term = left![p! + l * a.strides.at(-1)!]! * right![q! + l * b.strides.at(-2)!]!;
      sum += term;
      size += Math.abs(term);
    }
    errors[at!] = (accumulate ? errors[at!]! : 0) + (k + 2) * 2 ** -24 * size;
    values[at!] = sum;
  });
  return { values, errors };
}

test("a product is what float64 makes of it but for rounding, and nothing else is written", () => {
  fc.assert(
    fc.property(examples, fc.integer(), fc.constantFrom([0, 1], [0, 2], [1, 2], [1, 0], [2, 0], [2, 1]), (example, seed, ends) => {
      const { before, after, untouched } = run(example, seed, { ends: ends as [number, number] });
      const { values, errors } = expected(example, before);
      expect(untouched).toBe(true);
      expect([...after[0]!]).toEqual([...before[0]!]);
      expect([...after[1]!]).toEqual([...before[1]!]);
      after[2]!.forEach((value, i) => {
        if (!(Math.abs(value - values[i]!) <= errors[i]!)) expect.fail(`element ${i} is ${value}, not ${values[i]} ± ${errors[i]}`);
      });
    }),
    budget,
  );
});

test("the bits are the same however the parts are cut", () => {
  const fractions = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 4 });
  fc.assert(
    fc.property(examples, fc.integer(), fractions, (example, seed, cuts) => {
      const whole = run(example, seed);
      const cut = run(example, seed, { cuts: (parts) => cuts.map((fraction) => Math.round(fraction * parts)).sort((x, y) => x - y) });
      expect([...cut.after[2]!]).toEqual([...whole.after[2]!]);
    }),
    budget,
  );
});

/** [m, n, k], the axes of a and b from the outermost in, and whether b is bound, so that it is packed ahead. */
const large: readonly (readonly [string, number, number, number, string, string, boolean])[] = [
  ["columns of a packed product", 100, 310, 130, "mk", "kn", false],
  ["rows of a packed product", 610, 50, 130, "km", "kn", false],
  ["rows of a product with panels", 450, 50, 200, "mk", "nk", true],
  ["columns of a sweep", 3, 2050, 300, "mk", "kn", false],
  ["columns of dot products", 2, 1001, 1300, "mk", "nk", false],
];

test.each(large)("single parts do their part: %s", (_name, m, n, k, orderA, orderB, bound) => {
  const view = (slot: number, order: string, axes: string): View => {
    const sizes: Readonly<Record<string, number>> = { m, n, k };
    const strides = [...axes].map((axis) => (order[1] === axis ? 1 : sizes[order[1]!]!));
    return { slot, offset: 0, shape: [...axes].map((axis) => sizes[axis]!), strides, advance: [] };
  };
  const step = { kind: "matmul", a: view(0, orderA, "mk"), b: view(1, orderB, "kn"), out: view(2, "mn", "mn"), accumulate: true } as const;
  const slots = [m * k, k * n, m * n].map((length, at) => ({ dtype: "f32" as const, length, ...(bound ? { binding: at } : {}) }));
  const example: Example = { program: { name: "large", slots, steps: [step] }, step, lengths: [] };
  let maxParts = 0;
  const { before, after } = run(example, 1, {
    cuts: (parts) => {
      maxParts = Math.max(maxParts, parts);
      return Array.from({ length: parts }, (_, part) => part);
    },
  });
  expect(maxParts).toBeGreaterThan(4);
  const { values, errors } = expected(example, before);
  expect(after[2]!.findIndex((value, i) => !(Math.abs(value - values[i]!) <= errors[i]!))).toBe(-1);
});
