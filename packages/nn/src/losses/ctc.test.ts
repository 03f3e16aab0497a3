import { compile, gradient, type SluiceError, type Tensor } from "@sluice/core";
import { open } from "@sluice/core/reference";
import fc from "fast-check";
import { expect, test } from "vitest";
import { labels, lengths, logits, losses, maskOf, mean, slopes, weights } from "../testing/ctcFigures.ts";
import { ctc, type CtcConfig } from "./ctc.ts";

const backend = await open();

interface Sequences {
  /** [batch][labels], of one length. */
  readonly y: readonly (readonly number[])[];
  /** [batch][steps][classes] */
  readonly z: readonly (readonly (readonly number[])[])[];
  /** [batch][steps] */
  readonly mask?: readonly (readonly number[])[];
}

const compiled = new Map<string, ReturnType<typeof evaluating>>();
const evaluating = (config: CtcConfig) =>
  compile(backend, (given: { y: Tensor; z: Tensor; by: Tensor; mask?: Tensor }) => {
    const values = ctc(config).perSample(given.y, given.z, given.mask);
    return { values, slopes: gradient(values.mul(given.by).sum(), given.z) };
  });

/** Losses, and slopes of their sum by `weights`, in f64. */
async function measure({ y, z, mask }: Sequences, config: CtcConfig = {}, by: readonly number[] = y.map(() => 1)) {
  const key = JSON.stringify(config);
  const evaluate = compiled.get(key) ?? evaluating(config);
  compiled.set(key, evaluate);
  const floats = (shape: readonly number[], data: readonly number[]) => ({ dtype: "f64", shape, data: Float64Array.from(data) }) as const;
  const [batch, steps, classes] = [y.length, z[0]!.length, z[0]![0]?.length ?? 3];
  const { values, slopes: found } = await evaluate({
    y: { dtype: "i32", shape: [batch, y[0]!.length], data: Int32Array.from(y.flat()) },
    z: floats([batch, steps, classes], z.flat(2)),
    by: floats([batch], by),
    ...(mask && { mask: floats([batch, steps], mask.flat()) }),
  });
  return { values: [...(await values.read())], slopes: [...(await found.read())] };
}

/** −log Σ p over every path of classes through the steps that comes to these labels. */
function enumerated(y: readonly number[], z: readonly (readonly number[])[], blank: number): number {
  const rows = z.map((row) => {
    const total = row.reduce((sum, v) => sum + Math.exp(v), 0);
    return row.map((v) => Math.exp(v) / total);
  });
  const wanted = y.slice(0, y.includes(blank) ? y.indexOf(blank) : y.length).join();
  const walk = (step: number, path: readonly number[], p: number): number => {
    if (step < rows.length) return rows[step]!.reduce((sum, q, k) => sum + walk(step + 1, [...path, k], p * q), 0);
    return path.filter((k, i) => k !== blank && k !== path[i - 1]).join() === wanted ? p : 0;
  };
  return -Math.log(walk(0, [], 1));
}

const anySequences = fc.record({ steps: fc.constantFrom(1, 5), classes: fc.constant(3), most: fc.constant(3) }).chain(({ steps, classes, most }) =>
  fc.record({
    y: fc.array(fc.array(fc.nat({ max: classes - 1 }), { minLength: most, maxLength: most }), { minLength: 2, maxLength: 2 }),
    z: fc.array(fc.array(fc.array(fc.integer({ min: -30, max: 30 }).map((n) => n / 10), { minLength: classes, maxLength: classes }), { minLength: steps, maxLength: steps }), { minLength: 2, maxLength: 2 }),
    mask: fc.array(fc.array(fc.integer({ min: 0, max: 1 }), { minLength: steps, maxLength: steps }), { minLength: 2, maxLength: 2 }),
    blank: fc.nat({ max: classes - 1 }),
  }),
); // prettier-ignore

test("it is what all alignments of the steps that count come to, one by one", async () => {
  await fc.assert(
    fc.asyncProperty(anySequences, async ({ blank, ...given }) => {
      const { values } = await measure(given, { blank });
      const right = given.y.map((y, i) => enumerated(y, given.z[i]!.filter((_, t) => given.mask[i]![t] === 1), blank)); // prettier-ignore
      values.forEach((value, i) => (right[i] === Infinity ? expect(value).toBe(Infinity) : expect(value).toBeCloseTo(right[i]!, 9)));
    }),
    { numRuns: 25 },
  );
});

test("its gradient is what central differences say, and 0 for labels that do not fit", async () => {
  await fc.assert(
    fc.asyncProperty(anySequences, async ({ blank, ...given }) => {
      const { values, slopes: found } = await measure(given, { blank });
      const [steps, classes] = [given.z[0]!.length, given.z[0]![0]!.length];
      for (const [i, slope] of found.entries()) {
        const [row, step, kind] = [Math.floor(i / steps / classes), Math.floor(i / classes) % steps, i % classes];
        const near = (by: number): number => {
          const z = given.z[row]!.map((each, t) => (t === step ? each.with(kind, each[kind]! + by) : each));
          return enumerated(given.y[row]!, z.filter((_, t) => given.mask[row]![t] === 1), blank); // prettier-ignore
        };
        expect(slope).toBeCloseTo(values[row] === Infinity ? 0 : (near(1e-5) - near(-1e-5)) / 2e-5, 7);
      }
    }),
    { numRuns: 10 },
  );
});

const rows = (data: ArrayLike<number>, ...[first = 1, ...rest]: readonly number[]): never => {
  const all = Array.from(data);
  const size = all.length / first;
  const parts = Array.from({ length: first }, (_, i) => all.slice(i * size, (i + 1) * size));
  return (rest.length === 0 ? parts : parts.map((part) => rows(part, ...rest))) as never; // nested as they say
};
const figures: Sequences = { y: labels, z: rows(logits.data, 4, 6), mask: rows(maskOf(lengths, 6), 4) };

test("losses and slopes are PyTorch's, those of α and β", async () => {
  const found = await measure(figures, {}, weights);
  losses.forEach((loss, i) => expect(found.values[i]).toBeCloseTo(loss, 12));
  slopes.forEach((slope, i) => expect(found.slopes[i]).toBeCloseTo(slope, 12));
  const { values } = await measure(figures, { perLabel: true });
  expect(values.reduce((sum, value) => sum + value, 0) / 4).toBeCloseTo(mean, 12);
});

test("the blank may be any class", async () => {
  const { values } = await measure({ y: [[1, 2, 3], [2, 2, 4], [3, 4, 4], [0, 0, 3]], z: figures.z }, { blank: 4 }); // prettier-ignore
  [6.7813191789098415, 6.022982187249554, 7.099224121575905, 7.097599848723417].forEach((loss, i) =>
    expect(values[i]).toBeCloseTo(loss, 12),
  ); // torch 2.13.0
});

test("labels end at the first blank, and blanks after them change nothing", async () => {
  const z = [figures.z[0]!];
  const [one, two, wide] = [
    await measure({ y: [[1, 2]], z }),
    await measure({ y: [[1, 2, 0, 3]], z }),
    await measure({ y: [[1, 2, 0, 0, 0]], z }),
  ];
  expect(two).toEqual(one);
  expect(wide).toEqual(one);
});

test("no label at all takes blanks alone, also in no steps", async () => {
  const z = figures.z[0]!;
  const { values } = await measure({ y: [[0, 0]], z: [z] });
  const blanks = z.reduce((sum, row) => sum - row[0]! + Math.log(row.reduce((all, v) => all + Math.exp(v), 0)), 0);
  expect(values[0]).toBeCloseTo(blanks, 12);
  const nothing = await measure({ y: [[0], [1]], z: [z, z], mask: [z.map(() => 0), z.map(() => 0)] });
  expect(nothing.values).toEqual([expect.closeTo(0, 12), Infinity]);
  expect(nothing.slopes.every((slope) => slope === 0)).toBe(true);
});

test("equal neighbours need a blank between them: as many steps as that takes will do, and one less will not", async () => {
  const z = figures.z[1]!.slice(0, 5);
  const cases = [[[1, 2, 3], 3], [[1, 1, 2], 4], [[1, 1, 1], 5], [[2, 1, 2], 3], [[1, 0, 0], 1]] as const; // prettier-ignore
  const given = (fewer: number): Sequences => ({
    y: cases.map(([y]) => y),
    z: cases.map(() => z),
    mask: cases.map(([, least]) => z.map((_, t) => Number(t < least - fewer))),
  });
  const { values } = await measure(given(0));
  cases.forEach(([y, least], i) => expect(values[i]).toBeCloseTo(enumerated(y, z.slice(0, least), 0), 9));
  for (const zeroInfinity of [false, true]) {
    const short = await measure(given(1), { zeroInfinity });
    expect(short.values).toEqual(cases.map(() => (zeroInfinity ? 0 : Infinity)));
    expect(short.slopes.every((slope) => slope === 0)).toBe(true);
  }
});

test("logits of ±1000 have finite losses and slopes, and what is right costs nothing", async () => {
  const towards = (classes: readonly number[], size: number) => classes.map((k) => [0, 1, 2].map((each) => (each === k ? size : -size)));
  const right = await measure({ y: [[1, 2, 2]], z: [towards([1, 1, 2, 0, 2], 1000)] });
  expect(right.values[0]).toBeCloseTo(0, 12);
  expect(right.slopes.every((slope) => Math.abs(slope) < 1e-12)).toBe(true);
  const wrong = await measure({ y: [[1, 2, 2]], z: [towards([2, 2, 1, 1, 1], 1000)] });
  expect(wrong.values[0]).toBeCloseTo(enumeratedLogs([1, 2, 2], towards([2, 2, 1, 1, 1], 1000)), 9);
  expect(wrong.slopes.every(Number.isFinite)).toBe(true);
});

/** The best path alone, which at such logits is all there is, but for how many are as good. */
function enumeratedLogs(y: readonly number[], z: readonly (readonly number[])[]): number {
  const costs: number[] = [];
  const walk = (step: number, path: readonly number[], cost: number): void => {
    if (step < z.length) z[step]!.forEach((v, k) => walk(step + 1, [...path, k], cost + Math.max(...z[step]!) - v));
    else if (path.filter((k, i) => k !== 0 && k !== path[i - 1]).join() === y.join()) costs.push(cost);
  };
  walk(0, [], 0);
  const least = Math.min(...costs);
  return least - Math.log(costs.filter((cost) => cost === least).length);
}

test("outputs that are no sequences of classes, and options that are none, are refused", () => {
  const mismatch = expect.objectContaining({ code: "SHAPE_MISMATCH" } satisfies Partial<SluiceError>);
  expect(() => ctc.target([5])).toThrow(mismatch);
  expect(() => ctc.target([5, 3, 2])).toThrow(mismatch);
  expect(() => ctc({ blank: 3 }).target([5, 3])).toThrow(mismatch);
  expect(() => ctc.target([5, 3], [2, 2])).toThrow(mismatch);
  expect(ctc.target([5, 3], [7])).toEqual({ shape: [7], dtype: "i32", range: [0, 2] });
  const refused = expect.objectContaining({ code: "INVALID_ARGUMENT" } satisfies Partial<SluiceError>);
  expect(() => ctc({ blank: -1 })).toThrow(refused);
  expect(() => ctc({ maskIndex: 0 } as never)).toThrow(refused);
  expect(() => ctc.perSample(1 as never, 2 as never)).toThrow(refused);
});
