import { expect, test } from "vitest";
import { initialise, lstm, recurrence, type HostArray, type LstmOptions } from "../index.ts";
import { open } from "../reference.ts";
import { regrouped } from "../testing/columns.ts";
import { f64, filled, misses, normal, normalWeights } from "../testing/numbers.ts";
import { runCell } from "../testing/running.ts";

const backend = await open();
const [batch, steps, input, units] = [2, 4, 3, 3] as const;
const x = normal("x", batch, steps, input);

test("coupled, it is the LSTM whose forget gate sees the opposite of what the input gate sees: σ(−a) = 1 − σ(a)", async () => {
  const options = { peepholes: true, coupled: true } as const,
    { wx, wh, b, wc } = normalWeights(lstm(options).weights({ input, units }), 1);
  const opposite = (from: HostArray) => regrouped(from, units, ([i, ...rest]) => [i!, i!.map((v) => -v), ...rest]);
  const full = { wx: opposite(wx), wh: opposite(wh), b: opposite(b), wc: opposite(wc) };
  expect(
    misses(
      await runCell(backend, lstm(options), { weights: { wx, wh, b, wc }, x }),
      await runCell(backend, lstm({ peepholes: true }), { weights: full, x }),
    ),
  ).toEqual([]);
});

test("peepholes of zero and a projection that changes nothing are an LSTM without them", async () => {
  const weights = normalWeights(lstm().weights({ input, units }), 1),
    plain = await runCell(backend, lstm(), { weights, x });
  const identity = f64([1, 0, 0, 0, 1, 0, 0, 0, 1], 3, 3);
  expect(misses(await runCell(backend, lstm({ peepholes: true }), { weights: { ...weights, wc: filled(0, 9) }, x }), plain)).toEqual([]);
  expect(misses(await runCell(backend, lstm({ projection: 3 }), { weights: { ...weights, wr: identity }, x }), plain)).toEqual([]);
});

test("a projection makes h and the output smaller and leaves the memory as it is", () => {
  const cell = lstm({ projection: 2 }),
    over = recurrence(cell);
  expect(cell.state({ input, units })).toEqual({ h: { axes: { units: 2 } }, c: { axes: { units: 3 } } });
  expect(over.outputSize(3)).toBe(2);
  expect(cell.weights({ input, units })).toMatchObject({
    wh: { axes: { units: 2, gates: 12 } },
    wr: { axes: { units: 3, projection: 2 } },
  });
});

test("cellClip bounds the memory and nothing else: wide enough it is not there", async () => {
  const weights = normalWeights(lstm().weights({ input, units }), 3);
  expect(misses(await runCell(backend, lstm({ cellClip: 100 }), { weights, x }), await runCell(backend, lstm(), { weights, x }))).toEqual(
    [],
  );
  const clipped = await runCell(backend, lstm({ cellClip: 0.25 }), { weights, x });
  expect(Math.max(...clipped["state.c"]!.map(Math.abs))).toBe(0.25);
});

test("layer normalisation takes no notice of what is added to all columns of a product, nor of its scale (Ba et al. 2016, §5.1)", async () => {
  const cell = lstm({ layerNorm: true }),
    weights = normalWeights(cell.weights({ input, units }), 4);
  const { wx } = weights;
  const shifted = { ...wx, data: Float64Array.from(wx.data, (v, i) => v + Math.floor(i / (4 * units))) }; // row by row
  expect(
    misses(await runCell(backend, cell, { weights: { ...weights, wx: shifted }, x }), await runCell(backend, cell, { weights, x })),
  ).toEqual([]);
  const scaled = { ...wx, data: Float64Array.from(wx.data, (v) => 8 * v) };
  expect(
    misses(await runCell(backend, cell, { weights: { ...weights, wx: scaled }, x }), await runCell(backend, cell, { weights, x }), 1e-4),
  ).toEqual([]); // but for ε
});

test("biases start so that it forgets little, gains at 1, peepholes small", () => {
  const biases = (options: LstmOptions & { readonly useBias?: true }) => [
    ...initialise(lstm(options).weights({ input: 1, units: 1 }), { seed: 1 }).b.data,
  ];
  expect(biases({})).toEqual([0, 1, 0, 0]);
  expect(biases({ forgetBias: 2 })).toEqual([0, 2, 0, 0]);
  expect(biases({ coupled: true })).toEqual([-1, 0, 0]);
  const { gx, gh, gc, bc, wc } = initialise(lstm({ layerNorm: true, peepholes: true }).weights({ input: 1, units: 2 }), { seed: 1 });
  expect([...gx.data, ...gh.data, ...gc.data, ...bc.data]).toEqual([...new Array<number>(18).fill(1), 0, 0]);
  expect(Math.max(...wc.data.map(Math.abs))).toBeLessThanOrEqual(0.1);
});

test("the weights are those that the options ask for, also in their types", () => {
  const keys = (options: LstmOptions) => Object.keys(lstm(options).weights({ input, units }));
  expect(keys({})).toEqual(["wx", "wh", "b"]);
  expect(keys({ peepholes: true, projection: 2, layerNorm: true })).toEqual(["wx", "wh", "b", "wc", "wr", "gx", "gh", "gc", "bc"]);
  const weights = lstm({ peepholes: true }).weights({ input, units });
  weights.wc satisfies object;
  // @ts-expect-error: without projection there is no wr
  expect(weights.wr).toBeUndefined();
  // @ts-expect-error: a misspelt option
  expect(() => lstm({ peephole: true })).toThrow("Did you mean peepholes?");
});

test.each([
  [{ projection: 0 }, "projection must be a whole number of at least 1 and at most 2147483647, got 0"],
  [{ projection: 2.5 }, "projection must be a whole number of at least 1 and at most 2147483647, got 2.5"],
  [{ cellClip: 0 }, "cellClip must be a finite number above 0, got 0"],
  [{ cellClip: NaN }, "cellClip must be a finite number above 0, got NaN"],
  [{ forgetBias: Infinity }, "forgetBias must be a finite number, got Infinity"],
])("%j is refused where the cell is made", (options: LstmOptions, message) => {
  expect(() => lstm(options)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT", message: `lstm: ${message}` }) as Error);
});
