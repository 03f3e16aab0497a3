// Splits: each sample once, no group on both sides, classes in their shares, time in its order.
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  chronologicalSplit,
  groupKFold,
  groupedSplit,
  kFold,
  shuffledSplit,
  take,
  timeSeriesSplit,
  windows,
  type Fold,
  type Split,
} from "../index.ts";

const all = (n: number) => Array.from({ length: n }, (_, i) => i);
const together = ({ train, test: tested, ...rest }: Split | Fold) =>
  [...train, ...("validation" in rest ? rest.validation : []), ...tested].sort((a, b) => a - b);
const labels = fc.array(fc.constantFrom("a", "b", "c", "d"), { minLength: 6, maxLength: 40 });
const parts = fc.record({ validation: fc.constantFrom(1, 2, 0.1, 0.25), test: fc.constantFrom(1, 2, 0.2, 1 / 3) });
const countOf = (part: number, n: number) => (part < 1 ? Math.ceil(part * n - 1e-9) : part);

test("a shuffled split has each sample once, in parts of the sizes that were asked for, the same for a seed", () => {
  fc.assert(
    fc.property(fc.integer({ min: 6, max: 60 }), parts, fc.integer(), (n, asked, seed) => {
      const split = shuffledSplit(n, { ...asked, seed });
      expect(together(split)).toEqual(all(n));
      expect([split.validation.length, split.test.length]).toEqual([countOf(asked.validation, n), countOf(asked.test, n)]);
      expect(shuffledSplit(n, { ...asked, seed })).toEqual(split);
    }),
  );
  expect(shuffledSplit(30, { test: 0.1, seed: 1 }).test).toHaveLength(3); // 0.1 · 30 is 3.0000000000000004 nowhere, but 0.1 · 3 is
  expect(shuffledSplit(30, { test: 0.1, seed: 1 })).not.toEqual(shuffledSplit(30, { test: 0.1, seed: 2 }));
});

test("a stratified split has each class in its share, to less than one sample", () => {
  fc.assert(
    fc.property(labels, parts, fc.integer(), (classes, asked, seed) => {
      const n = classes.length,
        split = shuffledSplit(n, { ...asked, seed, stratify: classes });
      expect(together(split)).toEqual(all(n));
      expect([split.validation.length, split.test.length]).toEqual([countOf(asked.validation, n), countOf(asked.test, n)]);
      const countIn = (indices: Int32Array, one: string) => indices.filter((i) => classes[i] === one).length;
      for (const one of new Set(classes)) {
        const size = classes.filter((other) => other === one).length,
          left = size - countIn(split.test, one);
        expect(Math.abs(countIn(split.test, one) - (size * split.test.length) / n)).toBeLessThan(1);
        expect(Math.abs(countIn(split.validation, one) - (left * split.validation.length) / (n - split.test.length))).toBeLessThan(1);
      }
    }),
  );
});

test("no group is in two parts, and none in none", () => {
  fc.assert(
    fc.property(labels, fc.integer(), (groups, seed) => {
      const there = new Set(groups).size;
      fc.pre(there >= 3);
      const split = groupedSplit(groups, { validation: 1, test: 1, seed });
      const of = (indices: Int32Array) => new Set(Array.from(indices, (i) => groups[i]));
      expect(together(split)).toEqual(all(groups.length));
      expect([of(split.validation).size, of(split.test).size, of(split.train).size]).toEqual([1, 1, there - 2]);
      expect(new Set([...of(split.train), ...of(split.validation), ...of(split.test)]).size).toBe(there);
      for (const { train, test: tested } of groupKFold(groups, { splits: there }))
        expect([...of(tested)].some((group) => of(train).has(group))).toBe(false);
    }),
  );
});

test("parts in order leave the gap out before each", () => {
  fc.assert(
    fc.property(fc.integer({ min: 20, max: 60 }), parts, fc.integer({ min: 0, max: 4 }), (n, asked, gap) => {
      fc.pre(n - countOf(asked.validation, n) - countOf(asked.test, n) - 2 * gap >= 1);
      const { train, validation, test: tested } = chronologicalSplit(n, { ...asked, gap });
      const [v, t] = [countOf(asked.validation, n), countOf(asked.test, n)];
      expect([...tested]).toEqual(all(n).slice(n - t));
      expect([...validation]).toEqual(all(n).slice(n - t - gap - v, n - t - gap));
      expect([...train]).toEqual(all(n).slice(0, n - t - gap - v - gap));
    }),
  );
  expect(chronologicalSplit(5, { test: 2, gap: 1 })).toEqual({
    train: Int32Array.of(0, 1),
    validation: Int32Array.of(),
    test: Int32Array.of(3, 4),
  });
});

test("a gap of steps + horizon − 1 windows keeps every row on one side", () => {
  const { start } = windows(all(40), { steps: 4, horizon: 2 }).index;
  const { train, test: tested } = chronologicalSplit(start.length, { test: 5, gap: 5 });
  const rows = (indices: Int32Array) => new Set(Array.from(indices).flatMap((i) => all(6).map((r) => (start[i] ?? 0) + r)));
  expect([...rows(tested)].filter((row) => rows(train).has(row))).toEqual([]);
  const closer = chronologicalSplit(start.length, { test: 5, gap: 4 });
  expect([...rows(tested)].filter((row) => rows(closer.train).has(row))).toHaveLength(1);
});

test("each sample is tested in one fold and trained on in the others; sizes, also of each class, differ by at most one", () => {
  const oneOrNone = fc.option(fc.integer(), { nil: undefined });
  fc.assert(
    fc.property(labels, fc.integer({ min: 2, max: 6 }), oneOrNone, fc.boolean(), (classes, splits, seed, isStratified) => {
      const n = classes.length;
      const folds = kFold(n, { splits, ...(seed !== undefined && { seed }), ...(isStratified && { stratify: classes }) });
      expect(folds.flatMap(({ test: tested }) => [...tested]).sort((a, b) => a - b)).toEqual(all(n));
      for (const fold of folds) expect(together(fold)).toEqual(all(n));
      const spread = (sizes: readonly number[]) => Math.max(...sizes) - Math.min(...sizes);
      expect(spread(folds.map(({ test: tested }) => tested.length))).toBeLessThanOrEqual(1);
      if (isStratified)
        for (const one of new Set(classes)) expect(spread(folds.map(({ test: tested }) => tested.filter((i) => classes[i] === one).length))).toBeLessThanOrEqual(1); // prettier-ignore
    }),
  );
});

// sklearn.model_selection: the examples of KFold, GroupKFold and TimeSeriesSplit in scikit-learn's documentation.
test("folds are those that scikit-learn's documentation prints", () => {
  const plain = (folds: readonly Fold[]) => folds.map(({ train, test: tested }) => [[...train], [...tested]]);
  expect(plain(kFold(4, { splits: 2 }))).toEqual([[[2, 3], [0, 1]], [[0, 1], [2, 3]]]); // prettier-ignore
  expect(kFold(5, { splits: 2 }).map(({ test: tested }) => tested.length)).toEqual([3, 2]);
  expect(plain(groupKFold([0, 0, 2, 2, 3, 3], { splits: 2 }))).toEqual([[[2, 3], [0, 1, 4, 5]], [[0, 1, 4, 5], [2, 3]]]); // prettier-ignore
  expect(plain(timeSeriesSplit(6))).toEqual([[[0], [1]], [[0, 1], [2]], [[0, 1, 2], [3]], [[0, 1, 2, 3], [4]], [[0, 1, 2, 3, 4], [5]]]); // prettier-ignore
  expect(plain(timeSeriesSplit(12, { splits: 3, testSize: 2 }))).toEqual([[all(6), [6, 7]], [all(8), [8, 9]], [all(10), [10, 11]]]); // prettier-ignore
  expect(plain(timeSeriesSplit(12, { splits: 3, testSize: 2, gap: 2 }))).toEqual([[all(4), [6, 7]], [all(6), [8, 9]], [all(8), [10, 11]]]); // prettier-ignore
  expect(plain(timeSeriesSplit(12, { splits: 2, maxTrainSize: 3 }))).toEqual([[[1, 2, 3], [4, 5, 6, 7]], [[5, 6, 7], [8, 9, 10, 11]]]); // prettier-ignore
});

test("take gives the samples at indices of lists, arrays, arrays with a shape, and records of these, as copies", () => {
  const x = { dtype: "f32", shape: [3, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6) } as const;
  const data = { x, y: ["a", "b", "c"], n: Int32Array.of(7, 8, 9), kinds: { codes: Int32Array.of(0, -1, 0), categories: ["sun"] } };
  expect(take(data, [2, 0, 2])).toEqual({
    x: { dtype: "f32", shape: [3, 2], data: Float32Array.of(5, 6, 1, 2, 5, 6) },
    y: ["c", "a", "c"],
    n: Int32Array.of(9, 7, 9),
    kinds: { codes: Int32Array.of(0, 0, 0), categories: ["sun"] },
  });
  expect(take([[1], [2]], Int32Array.of())).toEqual([]);
  const some = take(windows([1, 2, 3, 4], { steps: 2 }), [1]);
  expect([...some.data.y.data, ...some.index.target]).toEqual([4, 3]);
  expect(take(x, [0]).data).not.toBe(x.data);
});

test.each<[string, () => unknown, string]>([
  ["no samples", () => shuffledSplit(0, { test: 1 }), "INVALID_ARGUMENT"],
  ["half a sample", () => kFold(2.5), "INVALID_ARGUMENT"],
  ["all for the test", () => chronologicalSplit(4, { test: 4 }), "EMPTY_DATA"],
  ["a gap that leaves none", () => chronologicalSplit(4, { test: 1, gap: 3 }), "EMPTY_DATA"],
  ["a negative share", () => shuffledSplit(4, { test: -0.5 }), "INVALID_ARGUMENT"],
  ["one and a half samples", () => shuffledSplit(4, { test: 1.5 }), "INVALID_ARGUMENT"],
  ["NaN", () => shuffledSplit(4, { test: NaN }), "INVALID_ARGUMENT"],
  ["labels of too few", () => shuffledSplit(4, { test: 1, stratify: ["a"] }), "SHAPE_MISMATCH"],
  ["labels that are none", () => shuffledSplit(2, { test: 1, stratify: [{}, NaN] as never }), "INVALID_ARGUMENT"],
  ["a text as labels", () => kFold(2, { splits: 2, stratify: "ab" as never }), "INVALID_ARGUMENT"],
  ["no groups", () => groupedSplit([], { test: 1 }), "EMPTY_DATA"],
  ["groups that are no list", () => groupKFold(3 as never), "INVALID_ARGUMENT"],
  ["one group", () => groupedSplit(["a", "a"], { test: 1 }), "EMPTY_DATA"],
  ["more folds than samples", () => kFold(3, { splits: 4 }), "INVALID_ARGUMENT"],
  ["more folds than groups", () => groupKFold([1, 1, 2], { splits: 3 }), "INVALID_ARGUMENT"],
  ["one fold", () => kFold(3, { splits: 1 }), "INVALID_ARGUMENT"],
  ["too few samples for the tests", () => timeSeriesSplit(5, { splits: 5 }), "INVALID_ARGUMENT"],
  ["a misspelt option", () => timeSeriesSplit(9, { split: 2 } as never), "INVALID_ARGUMENT"],
  ["an index beyond the samples", () => take([1, 2], [2]), "INDEX_OUT_OF_RANGE"],
  ["a negative index", () => take([1, 2], [-1]), "INVALID_ARGUMENT"],
  ["a record of unlike numbers of samples", () => take({ x: [1], y: [1, 2] }, [0]), "SHAPE_MISMATCH"],
  ["what has no samples", () => take(new Date(), [0]), "INVALID_ARGUMENT"],
])("%s: refused", (_, attempt, code) => {
  expect(attempt).toThrow(expect.objectContaining({ code }));
});
