import { expect, test } from "vitest";
import { cell, lstm, recurrence, stacked, variationalDropout, zoneout, type Tensor } from "../index.ts";
import { open } from "../reference.ts";
import { f64, misses, normal, normalWeights } from "../testing/numbers.ts";
import { run, runCell } from "../testing/running.ts";

const backend = await open();

/** Adds up x, what comes with each step, and what comes with the sequence. */
const sum = cell({
  name: "sum",
  weights: () => ({}),
  state: () => ({ total: { axes: { input: 1 } } }),
  extras: () => ({ bonus: { axes: { input: 1 }, per: "step" }, fee: { axes: { input: 1 }, per: "sequence" } }) as const,
  step: (_, x, { total }, { bonus, fee }) => {
    const next = total
      .add(x)
      .add(bonus ?? 0)
      .sub(fee ?? 0);
    return { output: next, state: { total: next } };
  },
});
const x = f64([1, 2, 3, 10, 20, 30], 2, 3, 1);
const state = { total: f64([0, 0], 2, 1) };
const extras = { bonus: f64([0.1, 0.2, 0.3, 0.4, 0.5, 0.6], 2, 3, 1), fee: f64([0.01, 0.02], 2, 1) };

test("a step gets its own row of what comes with each step, and all get what comes with the sequence", async () => {
  const { outputs } = await runCell(backend, sum, { weights: {}, x, state, extras });
  expect(misses({ outputs: outputs! }, { outputs: [1.09, 3.28, 6.57, 10.38, 30.86, 61.44] })).toEqual([]);
  const without = await runCell(backend, sum, { weights: {}, x, state });
  expect(without["outputs"]).toEqual([1, 3, 6, 10, 30, 60]);
});

test("rows belong to their steps in reverse, time-major and where lengths end a sequence early", async () => {
  const reverse = await runCell(backend, sum, { weights: {}, x, state, extras }, { reverse: true });
  expect(misses(reverse, { outputs: [6.57, 5.48, 3.29, 61.44, 51.06, 30.58] })).toEqual([]);
  const turned = { x: f64([1, 10, 2, 20, 3, 30], 3, 2, 1), bonus: f64([0.1, 0.4, 0.2, 0.5, 0.3, 0.6], 3, 2, 1) };
  const timeMajor = await runCell(
    backend,
    sum,
    { weights: {}, x: turned.x, state, extras: { ...extras, bonus: turned.bonus } },
    { timeMajor: true },
  );
  expect(misses(timeMajor, { outputs: [1.09, 10.38, 3.28, 30.86, 6.57, 61.44] })).toEqual([]);
  const short = await runCell(backend, sum, { weights: {}, x, state, extras }, { lengths: Int32Array.of(1, 2) });
  expect(misses(short, { outputs: [1.09, 0, 0, 10.38, 30.86, 0], "state.total": [1.09, 30.86] })).toEqual([]);
});

test("in a stack each layer has its own", async () => {
  const cells = stacked([recurrence(variationalDropout(lstm())), recurrence(zoneout(lstm(), { rates: 0.5 }))]),
    weights = normalWeights(cells.weights({ input: 1, units: 2 }), 1);
  const masks = { "dropout.x": normal("x", 2, 1) },
    zoned = { "zoneout.h": normal("h", 2, 3, 2) };
  const below = await runCell(backend, variationalDropout(lstm()), { weights: weights[0], x, extras: masks });
  const above = await runCell(backend, zoneout(lstm(), { rates: 0.5 }), {
    weights: weights[1],
    x: f64(below["outputs"]!, 2, 3, 2),
    extras: zoned,
  });
  const got = await run(backend, cells, { weights, x, extras: [masks, zoned] });
  expect(misses({ outputs: got["outputs"]! }, { outputs: above["outputs"]! })).toEqual([]);
});

test.each([
  ["unknown", { tip: extras.fee }, "INVALID_ARGUMENT", 'sum.run: the cell takes no "tip" beside x. There are bonus, fee'],
  ["of other steps", { bonus: f64([1, 2, 3, 4], 2, 2, 1) }, "SHAPE_MISMATCH", "sum.run: bonus must be [batch 2, steps 3, input], got"],
  ["of another batch", { fee: f64([1, 2, 3], 3, 1) }, "SHAPE_MISMATCH", "sum.run: fee must be [batch 2, input], got"],
  ["of another rank", { fee: f64([1, 2]) }, "SHAPE_MISMATCH", "sum.run: fee must be [batch 2, input], got"],
])("one that is %s is refused, by name", async (_, given, code, message) => {
  const refused = runCell(backend, sum, { weights: {}, x, state, extras: given });
  await expect(refused).rejects.toMatchObject({ code, message: expect.stringContaining(message) as string });
});

test("a cell that takes none says how to make it take masks", async () => {
  const weights = normalWeights(lstm().weights({ input: 1, units: 1 }), 1);
  await expect(runCell(backend, lstm(), { weights, x, extras: { "dropout.x": extras.fee } })).rejects.toThrow(
    "wrap it in zoneout or variationalDropout",
  );
});

test("names and kinds of extras are checked as types", () => {
  const step = (fee: Tensor) => sum.step({}, fee, { total: fee }, { fee });
  expect(step).toBeTypeOf("function");
  // @ts-expect-error: a misspelt extra
  expect((fee: Tensor) => sum.step({}, fee, { total: fee }, { fees: fee })).toBeTypeOf("function");
});
