import { expect, test } from "vitest";
import { cell, lstm, recurrence, variationalDropout, zoneout } from "../index.ts";
import { open } from "../reference.ts";
import { f64, filled, misses, normal, normalWeights } from "../testing/numbers.ts";
import { runCell } from "../testing/running.ts";

const backend = await open();
const [batch, steps, input, units] = [2, 4, 3, 2] as const;
const x = normal("x", batch, steps, input);
const weights = normalWeights(lstm().weights({ input, units }), 1);
const state = { h: normal("h", batch, units), c: normal("c", batch, units) };
const zoned = zoneout(lstm(), { rates: { h: 0.3, c: 0.1 } });

test("masks of 0 take every new state, masks of 1 keep every old one, and the output is the state", async () => {
  const masked = (value: number) =>
    runCell(backend, zoned, {
      ...{ weights, x, state },
      extras: { "zoneout.h": filled(value, batch, steps, units), "zoneout.c": filled(value, batch, steps, units) },
    });
  expect(misses(await masked(0), await runCell(backend, lstm(), { weights, x, state }), 0)).toEqual([]);
  const kept = await masked(1);
  expect(kept["state.h"]).toEqual([...state.h.data]);
  expect(kept["state.c"]).toEqual([...state.c.data]);
  expect(kept["last"]).toEqual([...state.h.data]);
});

test("each step and unit has its own mask: s′ = m∘s + (1 − m)∘s_new", async () => {
  const mask = f64([1, 0, 0, 1], 1, 2, 2);
  const one = { weights, x: normal("x", 1, 2, input), state: { h: normal("h", 1, units), c: normal("c", 1, units) } };
  const got = await runCell(backend, zoneout(lstm(), { rates: { h: 0.5 } }), { ...one, extras: { "zoneout.h": mask } });
  const [h0, h1] = [got["outputs"]!.slice(0, 2), got["outputs"]!.slice(2)];
  const plain = await runCell(backend, lstm(), { ...one, x: { ...one.x, shape: [1, 1, input], data: one.x.data.slice(0, input) } });
  expect([h0[0], h0[1]]).toEqual([one.state.h.data[0], plain["last"]![1]]);
  expect(h1[1]).toBe(h0[1]);
  expect(h1[0]).not.toBe(h0[0]);
});

test("without masks a state is what is to be expected: rate·s + (1 − rate)·s_new", async () => {
  const first = { weights, x: normal("x", batch, 1, input), state };
  const plain = await runCell(backend, lstm(), first),
    got = await runCell(backend, zoned, first);
  const mixed = (rate: number, old: ArrayLike<number>, fresh: readonly number[]) => fresh.map((v, i) => rate * old[i]! + (1 - rate) * v);
  const h = mixed(0.3, state.h.data, plain["state.h"]!),
    c = mixed(0.1, state.c.data, plain["state.c"]!);
  expect(misses(got, { "state.h": h, "state.c": c, last: h })).toEqual([]);
});

test("a state without a rate is left alone, and a rate of all states is one of each", async () => {
  const names = (made: ReturnType<typeof zoneout>) => Object.keys(made.extras!({ input, units }));
  expect(names(zoned)).toEqual(["zoneout.h", "zoneout.c"]);
  expect(names(zoneout(lstm(), { rates: { c: 0.1 } }))).toEqual(["zoneout.c"]);
  expect(names(zoneout(lstm(), { rates: 0.1 }))).toEqual(["zoneout.h", "zoneout.c"]);
  expect(zoneout(lstm({ projection: 1 }), { rates: 0.1 }).extras!({ input, units })).toEqual({
    "zoneout.h": { axes: { units: 1 }, per: "step" },
    "zoneout.c": { axes: { units: 2 }, per: "step" },
  });
});

test("an output that is no state stays what the cell inside gives", async () => {
  const counting = cell({
    name: "sum",
    weights: () => ({}),
    state: () => ({ total: { axes: { input: 1 } } }),
    step: (_, v, { total }) => ({ output: v.mul(10), state: { total: total.add(v) } }),
  });
  const got = await runCell(backend, zoneout(counting, { rates: 0 }), {
    weights: {},
    x: f64([1, 2], 1, 2, 1),
    state: { total: f64([5], 1, 1) },
    extras: { "zoneout.total": f64([1, 0], 1, 2, 1) },
  });
  expect(got).toMatchObject({ outputs: [10, 20], "state.total": [7] });
});

test("wrappers nest, and each finds its own masks", () => {
  const nested = zoneout(variationalDropout(lstm()), { rates: 0.1 });
  expect(nested.name).toBe("zoneout-dropout-lstm");
  expect(Object.keys(nested.extras!({ input, units }))).toEqual(["dropout.x", "dropout.h", "zoneout.h", "zoneout.c"]);
  expect(recurrence(nested).outputSize(units)).toBe(units);
});

test.each([
  [() => zoneout(lstm(), { rates: 1.5 }), "the rate of h must be a number in 0 … 1, got 1.5"],
  [() => zoneout(lstm(), { rates: { c: NaN } }), "the rate of c must be a number in 0 … 1, got NaN"],
  [() => zoneout(lstm(), { rates: { z: 0.1 } as object }), 'lstm has no state "z". It has h, c'],
  [() => zoneout(zoned, { rates: 0.1 }), 'zoneout-lstm has a mask "zoneout.h" already. Wrap the cell once'],
])("%s is refused where the cell is made", (make, message) => {
  expect(make).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT", message: `zoneout: ${message}` }) as Error);
});
