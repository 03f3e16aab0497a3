// Easy samples first: what a batch may be drawn from, that nothing is lost once all may be seen, and that it goes on to the bit.
import { open } from "@sluice/cpu";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { competence, dense, deserialize, gru, sequential, serialize, sgd, type CompileOptions, type FitOptions } from "../index.ts";
import { drawn, ranked } from "./curriculum.ts";
import type { Dataset } from "./dataset.ts";
import { arraysSource } from "./source.ts";

const backend = await open();
afterAll(() => backend.close());

/** What a source needs to know of samples of these scores. */
const some = (samples: number): Dataset => ({ samples, sample: {}, lengths: {} }) as unknown as Dataset; // nothing else is read here

test("competence is Platanios et al. 2019's: c₀ at first, 1 after so many updates, and by the root between", () => {
  const root = competence({ steps: 100, initial: 0.1 });
  expect(root(0)).toBeCloseTo(0.1, 14);
  for (const t of [1, 25, 50, 99]) expect(root(t)).toBeCloseTo(Math.min(1, Math.sqrt((t * (1 - 0.1 ** 2)) / 100 + 0.1 ** 2)), 14); // equation 8
  expect([100, 101, 1e9].map(root)).toEqual([1, 1, 1]);
  const linear = competence({ steps: 100, initial: 0.1, root: 1 });
  for (const t of [0, 50, 99]) expect(linear(t)).toBeCloseTo((t * 0.9) / 100 + 0.1, 14); // equation 6
  expect(competence({ steps: 4, initial: 0.5, root: 3 })(2)).toBeCloseTo(((2 * (1 - 0.125)) / 4 + 0.125) ** (1 / 3), 14); // equation 10
  expect(competence({ steps: 4 })(0)).toBeCloseTo(0.01, 14);
});

const anyCourse = fc.record({
  scores: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 30 }),
  share: fc.double({ min: 0, max: 0.99, noNaN: true }),
  batch: fc.integer({ min: 1, max: 8 }),
  seed: fc.nat({ max: 99 }),
});

test("a batch has samples of the easiest share alone, none twice, the same whenever it is asked for", async () => {
  await fc.assert(
    fc.asyncProperty(anyCourse, async ({ scores, share, batch: wanted, seed }) => {
      const batch = Math.min(wanted, scores.length);
      const course = await ranked(some(scores.length), { score: scores, competence: share }, seed);
      expect([...course.order].toSorted((a, b) => a - b)).toEqual(scores.map((_, i) => i));
      const limit = scores.toSorted((a, b) => a - b)[Math.max(batch, Math.floor(share * scores.length)) - 1]!;
      const drawing = { batch, buckets: undefined, seed, epoch: 3, updates: () => 7 };
      const { steps, at, examples } = drawn(course, drawing);
      expect(steps).toBe(Math.ceil(scores.length / batch));
      expect(examples(2)).toBe(2 * batch);
      for (let step = 1; step <= steps; step++) {
        const rows = [...at(step).rows.order!];
        expect(new Set(rows).size).toBe(batch);
        for (const row of rows) expect(scores[row]).toBeLessThanOrEqual(limit);
        expect([...drawn(course, drawing).at(step).rows.order!]).toEqual(rows);
      }
    }),
    { numRuns: 60 },
  );
});

test("each sample that may be seen is drawn as often as any other", async () => {
  const course = await ranked(some(10), { score: [...Array(10).keys()], competence: 0.5 }, 1);
  const { at } = drawn(course, { batch: 2, buckets: undefined, seed: 1, epoch: 0, updates: () => 0 });
  const counts = Array.from({ length: 10 }, () => 0);
  const draws = 4000;
  for (let step = 1; step <= draws; step++) for (const row of at(step).rows.order!) counts[row]!++;
  expect(counts.slice(5)).toEqual([0, 0, 0, 0, 0]);
  const share = 2 / 5,
    deviation = Math.sqrt(draws * share * (1 - share));
  for (const count of counts.slice(0, 5)) expect(Math.abs(count - draws * share)).toBeLessThan(5 * deviation);
});

test("an epoch that begins with all samples has each once, in the order it has without a curriculum", async () => {
  const data = some(13);
  const course = await ranked(data, { score: [...Array(13).keys()], competence: competence({ steps: 10 }) }, 5);
  const rowsIn = async (epoch: number, updates: number, curriculum = true): Promise<number[]> => {
    const order = { batch: 4, shuffle: 5, ...(curriculum && { curriculum: { ...course, updatesBefore: () => updates } }) };
    const { at } = await arraysSource(data, order).epoch(epoch);
    const rows: number[] = [];
    for (let step = 1, next = await at(step); next !== undefined; next = await at(++step))
      rows.push(...next.rows.order!.subarray(next.rows.from, next.rows.from + next.rows.count));
    return rows;
  };
  expect((await rowsIn(2, 10)).toSorted((a, b) => a - b)).toEqual([...Array(13).keys()]);
  expect(await rowsIn(2, 10)).toEqual(await rowsIn(2, 0, false));
  expect(new Set(await rowsIn(2, 0))).toEqual(new Set([0, 1, 2, 3]));
});

const samples = 16;
const lengths = Array.from({ length: samples }, (_, i) => 1 + (i % 4));
const data = {
  x: Array.from({ length: samples }, (_, i) => Array.from({ length: 4 }, (_, t) => [Math.sin(i + t)])),
  y: Array.from({ length: samples }, (_, i) => [Math.cos(i)]),
  lengths,
};
const compiled = { backend, optimizer: sgd({ learningRate: 0.1 }), loss: "mse", seed: 2, gradientAccumulationSteps: 2 } as const satisfies CompileOptions; // prettier-ignore
const model = () => sequential([gru({ units: 3 }), dense({ units: 1 })]);
const curriculum = { score: "length", competence: competence({ steps: 9, initial: 0.25 }) } as const;

test.each([{}, { bucketBoundaries: [2] }])(
  "by length, and with %o, a fit that is cut short anywhere goes on to the same bits",
  async (buckets) => {
    const fitting = { epochs: 4, batchSize: 3, curriculum, ...buckets } satisfies FitOptions;
    using whole = await model().compile(compiled);
    const expected = await whole.fit(data, fitting);
    const places: readonly (readonly [epoch: number, step: number])[] = [[1, 2], [2, 6], [3, 1]]; // prettier-ignore
    for (const [epoch, step] of places) {
      using first = await model().compile(compiled);
      let bytes: Uint8Array | undefined;
      await first.fit(data, {
        ...fitting,
        callbacks: [
          {
            name: "halt",
            async onTrainBatchEnd(moment, training) {
              if (moment.epoch !== epoch || moment.step !== step) return;
              bytes = await serialize(first, { optimizer: true });
              training.stop();
            },
          },
        ],
      });
      using second = await deserialize(bytes!).compile(compiled);
      const rest = await second.fit(data, { ...fitting, epochs: fitting.epochs - epoch + 1 });
      expect(rest.epochs.map(({ loss }) => loss)).toEqual(expected.epochs.slice(epoch - 1).map(({ loss }) => loss));
      expect(await second.weights()).toEqual(await whole.weights());
    }
  },
);

test("a model sees the easy samples alone at first: what the others hold changes nothing before they come", async () => {
  const hard = { ...data, y: data.y.map((target, i) => (lengths[i]! > 2 ? [100] : target)) };
  const first = { score: lengths, competence: 0.5 } as const;
  const weights = async (given: typeof data, options: Partial<FitOptions>) => {
    using trainer = await model().compile(compiled);
    await trainer.fit(given, { epochs: 1, batchSize: 4, ...options });
    return trainer.weights();
  };
  expect(await weights(hard, { curriculum: first })).toEqual(await weights(data, { curriculum: first }));
  expect(await weights(hard, { curriculum: { ...first, competence: 1 } })).toEqual(await weights(hard, {}));
  expect(await weights(hard, {})).not.toEqual(await weights(data, {}));
});

test("scores that are none, and data that have an order of their own, are refused", async () => {
  const { lengths: _, ...plain } = data;
  const refusal = async (given: object, options: object) => {
    using trainer = await model().compile(compiled);
    return await trainer.fit(given as never, { epochs: 1, curriculum, ...options } as FitOptions);
  };
  const wrong = (what: string) => ({ code: "INVALID_ARGUMENT", message: expect.stringContaining(what) });
  await expect(refusal(plain, {})).rejects.toMatchObject(wrong("no lengths"));
  await expect(refusal(data, { shuffle: false })).rejects.toMatchObject(wrong("shuffle"));
  await expect(refusal([plain], {})).rejects.toMatchObject(wrong("stream"));
  await expect(refusal(data, { curriculum: { ...curriculum, score: [1, 2] } })).rejects.toMatchObject(wrong("one number for each of 16"));
  await expect(refusal(data, { curriculum: { ...curriculum, score: lengths.map(() => Number.NaN) } })).rejects.toMatchObject({
    code: "NOT_FINITE",
  });
  await expect(refusal(data, { curriculum: { ...curriculum, competence: () => 2 } })).rejects.toMatchObject(wrong("competence at step 0"));
  await expect(refusal(data, { curriculum: { ...curriculum, difficulty: 1 } })).rejects.toMatchObject(wrong("difficulty"));
  expect(() => competence({ steps: 0 })).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
});
