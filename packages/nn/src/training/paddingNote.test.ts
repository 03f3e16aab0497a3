import { open } from "@sluice/cpu";
import fc from "fast-check";
import { afterAll, afterEach, expect, test, vi } from "vitest";
import { adam, dense, embedding, gru, input, lstm, model, sequential, sgd } from "../index.ts";
import { paddingIn } from "./paddingNote.ts";

const backend = await open();
afterAll(() => backend.close());
afterEach(() => {
  vi.restoreAllMocks();
});
const notes = () => vi.spyOn(console, "warn").mockImplementation(() => undefined);

/** Rows of 1 … 5, padded with 0 to `steps`. */
function padded(lengths: readonly number[], steps: number) {
  const token = (row: number, step: number) => 1 + (Math.floor(1e4 * (1 + Math.sin(row * 97 + step * 13))) % 5);
  const rows = lengths.map((length, row) => Array.from({ length: steps }, (_, step) => (step < length ? token(row, step) : 0)));
  return { dtype: "i32", shape: [rows.length, steps], data: Int32Array.from(rows.flat()) } as const;
}
const lengths = [6, 2, 1, 3, 6, 2, 5, 4];
const x = padded(lengths, 6);
const y = lengths.map((_, row) => row % 2);
const table = { inputDim: 6, outputDim: 2 } as const;
const layers = (maskIndex?: number) => [
  embedding({ ...table, ...(maskIndex !== undefined && { maskIndex }) }),
  gru({ units: 2 }),
  dense({ units: 1 }),
];
const options = { backend, optimizer: sgd(), loss: "mse" } as const;

test("a fit on padded indices of which nothing says that they are says so, once", async () => {
  const warn = notes();
  using trainer = await sequential(layers()).compile(options);
  await trainer.fit({ x, y }, { epochs: 3, batchSize: 2, validationData: { x, y } });
  expect(warn.mock.calls).toEqual([
    [
      "trainer.fit: rows of x end in runs of 0 of unlike lengths, as padding does, and nothing says that it does not count. Give lengths with the data, or embedding({ maskIndex: 0 }); where it counts, lengths that are those of whole rows.",
    ],
  ]);
  await trainer.evaluate({ x, y });
  await trainer.predict(x);
  expect(warn).toHaveBeenCalledTimes(1);
  await trainer.fit({ x, y }, { epochs: 1 });
  expect(warn).toHaveBeenCalledTimes(2);
});

test("it names each input by its name, also one that a model inside embeds", async () => {
  const warn = notes();
  const encoder = sequential(layers(), { name: "encoder" });
  const [a, b, c] = [input({ dtype: "i32" }), input({ dtype: "i32" }), input({ dtype: "i32" })];
  const masked = sequential(layers(0), { name: "masked" });
  using trainer = await model({ inputs: { a, b, c }, outputs: { a: encoder(a), b: encoder(b), c: masked(c) } }).compile({ ...options, loss: { a: "mse", b: "mse", c: "mse" } }); // prettier-ignore
  await trainer.fit({ x: { a: x, b: x, c: x }, y: { a: y, b: y, c: y }, lengths: { b: lengths } }, { epochs: 1 });
  expect(warn.mock.calls.flat()).toEqual([expect.stringMatching(/^trainer.fit: rows of x\.a end in runs of 0 of unlike lengths, as padding does/)]); // prettier-ignore
});

test("it says nothing where lengths or maskIndex say what counts, nor of sequences without padding", async () => {
  const warn = notes();
  const whole = padded(lengths.map(() => 6), 6); // prettier-ignore
  const equal = padded(lengths.map(() => 3), 6); // prettier-ignore
  const silent = async (maskIndex: number | undefined, data: { readonly x: typeof x; readonly lengths?: readonly number[] }) => {
    using trainer = await sequential(layers(maskIndex)).compile(options);
    await trainer.fit({ ...data, y }, { epochs: 1 });
  };
  await silent(0, { x });
  await silent(undefined, { x, lengths });
  await silent(undefined, { x: whole });
  await silent(undefined, { x: equal });
  expect(warn).not.toHaveBeenCalled();
});

test("indices drawn at random look like no padding, and look padded once they are", () => {
  const drawn = fc.record({
    rows: fc.integer({ min: 16, max: 60 }),
    steps: fc.integer({ min: 6, max: 20 }),
    indices: fc.integer({ min: 2, max: 40 }),
  });
  fc.assert(
    fc.property(drawn, fc.infiniteStream(fc.nat({ max: 2 ** 20 })), ({ rows, steps, indices }, stream) => {
      const next = () => stream.next().value as number; // it never ends
      const data = Int32Array.from({ length: rows * steps }, () => next() % indices);
      expect(paddingIn(data, rows)).toBeUndefined();
      const cut = data.map((index, i) => (i % steps < 1 + (Math.floor(i / steps) % (steps - 2)) ? index : indices));
      expect(paddingIn(cut, rows)).toBe(indices);
    }),
    { numRuns: 50 },
  );
});

test("of large data rows from all over it are looked at", () => {
  const [rows, steps] = [3000, 100];
  const sorted = Int32Array.from({ length: rows * steps }, (_, i) => (i % steps < 100 - Math.floor(i / steps / 40) ? 1 + (i % 7) : 0));
  expect(paddingIn(sorted, rows)).toBe(0);
});

/** The class is that of the first of one to four indices; padding makes it 40 steps long. */
test("on padded sequences a model is at chance, and with lengths or maskIndex it is right", { timeout: 120_000 }, async () => {
  notes();
  const [rows, steps, classes] = [240, 40, 4];
  const of = Array.from({ length: rows }, (_, row) => 1 + (row % 4));
  const labels = Int32Array.from({ length: rows }, (_, row) => Math.floor(row / 4) % classes);
  const tokens = of.map((length, row) => Array.from({ length: steps }, (_, step) => (step >= length ? 0 : step === 0 ? 1 + labels[row]! : 1 + ((row * 7 + step * 5) % classes)))); // prettier-ignore
  const data = { x: { dtype: "i32", shape: [rows, steps], data: Int32Array.from(tokens.flat()) }, y: labels } as const;
  const accuracy = async (maskIndex: number | undefined, given: typeof data & { readonly lengths?: readonly number[] }) => {
    const embedded = embedding({ inputDim: 5, outputDim: 8, ...(maskIndex !== undefined && { maskIndex }) });
    const classifier = sequential([embedded, lstm({ units: 16 }), dense({ units: classes, activation: "softmax" })]);
    using trainer = await classifier.compile({ backend, optimizer: adam({ learningRate: 0.03 }), loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"], seed: 1 }); // prettier-ignore
    await trainer.fit(given, { epochs: 12, batchSize: 24 });
    return (await trainer.evaluate(given))["accuracy"]!;
  };
  const [without, byLengths, byIndex] = [
    await accuracy(undefined, data),
    await accuracy(undefined, { ...data, lengths: of }),
    await accuracy(0, data),
  ];
  expect(without).toBeLessThan(0.4);
  expect(byLengths).toBeGreaterThanOrEqual(0.95);
  expect(byIndex).toBeGreaterThanOrEqual(0.95);
});
