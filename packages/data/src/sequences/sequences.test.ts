// Padding and buckets against plain definitions, and as `fit` takes them.
import { open } from "@sluice/cpu";
import { adam, dense, embedding, gru, sequential } from "@sluice/nn";
import fc from "fast-check";
import { expect, test } from "vitest";
import { bucketBoundaries, padSequences } from "../index.ts";

const sequences = fc.array(fc.array(fc.integer({ min: -99, max: 99 }), { maxLength: 9 }), { minLength: 1, maxLength: 8 });

test("each sequence stands whole, or cut as was said, at its side, and the value everywhere else", () => {
  const options = fc.record({
    padding: fc.constantFrom("pre", "post"),
    truncating: fc.constantFrom("pre", "post"),
    maxLength: fc.option(fc.integer({ min: 1, max: 10 }), { nil: undefined }),
  } as const);
  fc.assert(
    fc.property(sequences, options, (all, { padding, truncating, maxLength }) => {
      const steps = maxLength ?? Math.max(...all.map(({ length }) => length));
      fc.pre(steps > 0);
      const { x, lengths } = padSequences(all, { padding, truncating, value: 7, ...(maxLength !== undefined && { maxLength }) });
      const cut = all.map((one) => (truncating === "pre" ? one.slice(Math.max(0, one.length - steps)) : one.slice(0, steps)));
      const rows = cut.map((one) => {
        const filling = Array.from({ length: steps - one.length }, () => 7);
        return padding === "pre" ? [...filling, ...one] : [...one, ...filling];
      });
      expect(x).toEqual({ dtype: "i32", shape: [all.length, steps], data: Int32Array.from(rows.flat()) });
      expect([...lengths]).toEqual(cut.map(({ length }) => length));
    }),
  );
});

test("steps may have features, and floating numbers stay so", () => {
  const { x, lengths } = padSequences([[[1, 2], [3, 4]], [], [[5.5, 6]]]); // prettier-ignore
  expect(x).toEqual({ dtype: "f32", shape: [3, 2, 2], data: Float32Array.of(1, 2, 3, 4, 0, 0, 0, 0, 5.5, 6, 0, 0) });
  expect([...lengths]).toEqual([2, 0, 1]);
  expect(padSequences([Float32Array.of(0.5), Float32Array.of(1, 2)]).x.dtype).toBe("f32");
  expect(padSequences([[0.5]], { dtype: "f64", value: NaN, maxLength: 2 }).x.data).toEqual(Float64Array.of(0.5, NaN));
});

/** Least padding of all ways to part the lengths, each tried. */
function least(ascending: readonly number[], buckets: number, batchSize: number): number {
  const cost = (from: number, left: number): number => {
    const whole = (ascending.length - from) * (ascending.at(-1) ?? 0);
    const here = ascending.length - from >= Math.min(batchSize, ascending.length) ? whole : Infinity;
    if (left === 1) return here;
    const parted = ascending.map((length, i) =>
      i >= from && i < ascending.length - 1 && length !== ascending[i + 1] && i + 1 - from >= batchSize ? (i + 1 - from) * length + cost(i + 1, left - 1) : Infinity,
    ); // prettier-ignore
    return Math.min(here, ...parted);
  };
  return cost(0, buckets);
}

test("no other boundaries leave less padding, and what is said of it holds", () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 10 });
  fc.assert(
    fc.property(lengths, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }), (all, buckets, batchSize) => {
      const { bucketBoundaries: boundaries, padding } = bucketBoundaries(all, { buckets, batchSize });
      const ascending = all.toSorted((a, b) => a - b),
        longest = ascending.at(-1) ?? 0,
        used = all.reduce((a, b) => a + b, 0);
      const padded = all.map((length) => boundaries.find((boundary) => length <= boundary) ?? longest).reduce((a, b) => a + b, 0);
      expect(boundaries.length).toBeLessThan(buckets);
      expect(boundaries).toEqual([...new Set(boundaries)].sort((a, b) => a - b));
      expect(padded).toBe(least(ascending, buckets, batchSize));
      expect(padding.before).toBeCloseTo(1 - used / (all.length * longest), 12);
      expect(padding.after).toBeCloseTo(1 - used / padded, 12);
    }),
  );
});

test("of many lengths boundaries are looked for among quantiles, and steps of the data beyond the longest are padding too", () => {
  const many = Array.from({ length: 5000 }, (_, i) => 1 + i);
  const { bucketBoundaries: boundaries, padding } = bucketBoundaries(many, { buckets: 10 });
  expect(boundaries).toHaveLength(9);
  expect(padding.after).toBeLessThan(0.1); // 0.091 at best, 0.5 before
  expect(bucketBoundaries([2, 2], { steps: 4, batchSize: 1 })).toEqual({ bucketBoundaries: [2], padding: { before: 0.5, after: 0 } });
  expect(bucketBoundaries([0, 0], { batchSize: 1 })).toEqual({ bucketBoundaries: [], padding: { before: 0, after: expect.any(Number) } });
  expect(bucketBoundaries([3, 9]).bucketBoundaries).toEqual([]); // fewer than a batch
});

test("fit takes both as they are", async () => {
  await using backend = await open();
  const { x, lengths } = padSequences([[1, 2], [3], [1, 2, 3, 4], [2, 2, 1, 3]]); // prettier-ignore
  const { bucketBoundaries: boundaries } = bucketBoundaries(lengths, { batchSize: 2 });
  expect(boundaries).toEqual([2]);
  const model = sequential([embedding({ inputDim: 5, outputDim: 2 }), gru({ units: 2 }), dense({ units: 1 })]);
  await using trainer = await model.compile({ backend, optimizer: adam(), loss: "mse" });
  const { epochs } = await trainer.fit({ x, y: [1, 0, 1, 0], lengths }, { epochs: 1, batchSize: 2, bucketBoundaries: boundaries });
  expect(Number.isFinite(epochs[0]?.loss)).toBe(true);
});

test.each<[string, () => unknown, string]>([
  ["no sequence", () => padSequences([]), "EMPTY_DATA"],
  ["empty sequences", () => padSequences([[], []]), "EMPTY_DATA"],
  ["no list", () => padSequences(3 as never), "INVALID_ARGUMENT"],
  ["texts", () => padSequences([["a"]] as never), "INVALID_ARGUMENT"],
  ["numbers that are no indices", () => padSequences([[1.5]]), "DTYPE_MISMATCH"],
  ["a value that is no index", () => padSequences([[1]], { value: 0.5 }), "DTYPE_MISMATCH"],
  ["unlike features", () => padSequences([[[1, 2]], [[1]]]), "SHAPE_MISMATCH"],
  ["numbers beside features", () => padSequences([[[1, 2]], [1]]), "SHAPE_MISMATCH"],
  ["three axes", () => padSequences([[[[1]]]]), "INVALID_ARGUMENT"],
  ["no steps", () => padSequences([[1]], { maxLength: 0 }), "INVALID_ARGUMENT"],
  ["another side", () => padSequences([[1]], { padding: "left" as never }), "INVALID_ARGUMENT"],
  ["no lengths", () => bucketBoundaries([]), "EMPTY_DATA"],
  ["a negative length", () => bucketBoundaries([1, -1]), "INVALID_ARGUMENT"],
  ["half a length", () => bucketBoundaries(Float32Array.of(0.5)), "INVALID_ARGUMENT"],
  ["no buckets", () => bucketBoundaries([1], { buckets: 0 }), "INVALID_ARGUMENT"],
  ["fewer steps than the longest", () => bucketBoundaries([3], { steps: 2 }), "INVALID_ARGUMENT"],
])("%s: refused", (_, attempt, code) => {
  expect(attempt).toThrow(expect.objectContaining({ code }));
});
