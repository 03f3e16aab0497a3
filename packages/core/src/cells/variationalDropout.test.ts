import { expect, test } from "vitest";
import { gru, lstm, rnn, variationalDropout } from "../index.ts";
import { open } from "../reference.ts";
import { filled, misses, normal, normalWeights } from "../testing/numbers.ts";
import { runCell } from "../testing/running.ts";

const backend = await open();
const [batch, steps, input, units] = [2, 4, 3, 2] as const;
const x = normal("x", batch, steps, input);
const weights = normalWeights(lstm().weights({ input, units }), 1);
const state = { h: normal("h", batch, units), c: normal("c", batch, units) };

test("without masks, or with masks of 1, it is the cell inside", async () => {
  const dropped = variationalDropout(lstm()),
    plain = await runCell(backend, lstm(), { weights, x, state });
  const ones = { "dropout.x": filled(1, batch, input), "dropout.h": filled(1, batch, units) };
  expect(misses(await runCell(backend, dropped, { weights, x, state }), plain, 0)).toEqual([]);
  expect(misses(await runCell(backend, dropped, { weights, x, state, extras: ones }), plain, 0)).toEqual([]);
});

test("one mask is over all steps of x", async () => {
  const mask = normal("mask", batch, input),
    masked = Float64Array.from(x.data, (v, i) => v * mask.data[Math.floor(i / (steps * input)) * input + (i % input)]!);
  const got = await runCell(backend, variationalDropout(lstm()), { weights, x, extras: { "dropout.x": mask } });
  expect(misses(got, await runCell(backend, lstm(), { weights, x: { ...x, data: masked } }))).toEqual([]);
});

test("the step sees a masked state, but an LSTM's memory goes on unmasked", async () => {
  const got = await runCell(backend, variationalDropout(lstm()), { weights, x, state, extras: { "dropout.h": filled(0, batch, units) } });
  const blind = { ...weights, wh: filled(0, units, 4 * units) }; // it does not see h at all
  expect(misses(got, await runCell(backend, lstm(), { weights: blind, x, state }))).toEqual([]);
});

test("the states that are masked are those named", () => {
  const names = (options?: { states: ("h" | "c")[] }) =>
    Object.entries(variationalDropout(lstm({ projection: 1 }), options).extras!({ input, units }));
  expect(names()).toEqual([
    ["dropout.x", { axes: { input }, per: "sequence" }],
    ["dropout.h", { axes: { units: 1 }, per: "sequence" }],
  ]);
  expect(names({ states: [] }).map(([name]) => name)).toEqual(["dropout.x"]);
  expect(names({ states: ["c"] }).map(([name]) => name)).toEqual(["dropout.x", "dropout.c"]);
});

test.each([
  [() => variationalDropout(rnn(), { states: ["c" as "h"] }), 'rnn has no state "c". It has h'],
  [() => variationalDropout(variationalDropout(gru())), 'dropout-gru has a mask "dropout.x" already. Wrap the cell once'],
])("%s is refused where the cell is made", (make, message) => {
  expect(make).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT", message: `variationalDropout: ${message}` }) as Error);
});
