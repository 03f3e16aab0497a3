// For tests: products of any shape, strides and dtypes, alone or in scans.
import type { MatmulStep, Program, ScanStep, Shape, Slot, Step, View } from "@sluice/core";
import { sizeOf } from "@sluice/core/kit";
import fc from "fast-check";

export interface Example {
  readonly program: Program;
  readonly step: MatmulStep;
  /** Of the scans around it, outermost first. */
  readonly lengths: Shape;
}

/** Most products and sums in an example. */
const maxMultiplications = 300_000;

const few = fc.oneof({ weight: 15, arbitrary: fc.integer({ min: 1, max: 3 }) }, fc.constant(0));
const side = fc.oneof(
  { weight: 15, arbitrary: fc.integer({ min: 1, max: 9 }) },
  { weight: 10, arbitrary: fc.integer({ min: 10, max: 70 }) },
  { weight: 4, arbitrary: fc.integer({ min: 100, max: 1200 }) },
  fc.constant(0),
);

export const examples: fc.Arbitrary<Example> = fc
  .record({
    lengths: fc.array(few, { maxLength: 2 }),
    batch: fc.array(few, { maxLength: 2 }),
    m: side,
    n: side,
    k: side,
    accumulate: fc.boolean(),
    bound: fc.boolean(),
    dtypes: fc.constantFrom<Slot["dtype"][]>(
      ["f32", "f32", "f32"],
      ["f32", "f32", "f32"],
      ["i32", "f32", "f32"],
      ["f32", "i32", "f32"],
      ["f32", "i32", "i32"],
    ),
    layouts: fc.tuple(layout(), layout(), layout()),
  })
  .filter(({ lengths, batch, m, n, k }) => sizeOf([...lengths, ...batch, m, n, k]) <= maxMultiplications)
  .map(({ lengths, batch, m, n, k, accumulate, bound, dtypes, layouts: [la, lb, lo] }) => {
    const a = laidOut(0, lengths, [...batch, m, k], la);
    const b = laidOut(1, lengths, [...batch, k, n], lb);
    const out = laidOut(2, lengths, [...batch, m, n], {
      ...lo,
      repeats: lo.repeats.map((repeat, axis) => repeat && axis < lengths.length),
    });
    const step: MatmulStep = { kind: "matmul", a: a.view, b: b.view, out: out.view, accumulate };
    const steps = lengths.reduceRight<Step>((body, length): ScanStep => ({ kind: "scan", length, body: [body] }), step);
    const slots = [a, b, out].map(({ length }, at): Slot => ({ dtype: dtypes[at]!, length, ...(bound ? { binding: at } : {}) }));
    return { program: { name: "product", slots, steps: [steps] }, step, lengths };
  });

/** The layout of a view, by axis: where in the order from the outermost in, how much room is left after it, does it run backwards, does it repeat. */
interface Layout {
  readonly order: readonly number[];
  readonly gaps: readonly number[];
  readonly flips: readonly boolean[];
  readonly repeats: readonly boolean[];
}

function layout(): fc.Arbitrary<Layout> {
  const axisCount = 6; // two scans, two axes of a batch, rows, columns
  const each = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(arbitrary, { minLength: axisCount, maxLength: axisCount });
  return fc.record({
    order: fc.oneof(fc.constant([0, 1, 2, 3, 4, 5]), fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: axisCount })),
    gaps: each(fc.constantFrom(0, 0, 0, 0, 1, 5)),
    flips: each(fc.constantFrom(false, false, false, false, false, false, false, true)),
    repeats: each(fc.constantFrom(false, false, false, false, false, false, true)),
  });
}

/** A view over scans of these lengths, and the length of a slot that it just fits. */
function laidOut(
  slot: number,
  lengths: Shape,
  shape: Shape,
  { order, gaps, flips, repeats }: Layout,
): { readonly view: View; readonly length: number } {
  const sizes = [...lengths, ...shape];
  const strides = sizes.map(() => 0);
  let [offset, last, step] = [0, 0, 1];
  for (const axis of order.filter((at) => at < sizes.length && !repeats[at]).reverse()) {
    const span = step * Math.max(0, sizes[axis]! - 1);
    strides[axis] = flips[axis] ? -step : step;
    if (flips[axis]) offset += span;
    last += span;
    step += span + gaps[axis]!;
  }
  return {
    view: { slot, offset, shape, strides: strides.slice(lengths.length), advance: strides.slice(0, lengths.length) },
    length: last + 1,
  };
}
