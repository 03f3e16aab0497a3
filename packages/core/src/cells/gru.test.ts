import { expect, test } from "vitest";
import { gru, mgu, type GruOptions } from "../index.ts";
import { open } from "../reference.ts";
import { regrouped } from "../testing/columns.ts";
import { filled, misses, normal, normalWeights } from "../testing/numbers.ts";
import { runCell } from "../testing/running.ts";

const backend = await open();
const [batch, steps, input, units] = [2, 4, 3, 2] as const;
const x = normal("x", batch, steps, input);

test.each(["before", "after"] as const)("without reset gate it is the GRU with reset %s whose gate is wide open", async (reset) => {
  const weights = normalWeights(gru({ reset: "none" }).weights({ input, units }), 1);
  const opened = (from: typeof weights.b, by: number) => regrouped(from, units, ([z, n]) => [z!, z!.map(() => by), n!]);
  const wide = {
    wx: opened(weights.wx, 0),
    wh: opened(weights.wh, 0),
    b: opened(weights.b, 50),
    ...(reset === "after" && { bh: filled(0, units) }),
  }; // σ(50) = 1
  expect(
    misses(await runCell(backend, gru({ reset }), { weights: wide, x }), await runCell(backend, gru({ reset: "none" }), { weights, x })),
  ).toEqual([]);
});

test("the minimal gated unit is the GRU of which one gate resets, before the product, and replaces (Zhou et al. 2016)", async () => {
  const weights = normalWeights(mgu().weights({ input, units }), 1);
  const twice = (from: typeof weights.b) => regrouped(from, units, ([f, n]) => [f!, f!, n!]);
  const both = { wx: twice(weights.wx), wh: twice(weights.wh), b: twice(weights.b) };
  const cell = gru({ reset: "before", update: "replaces" });
  expect(misses(await runCell(backend, cell, { weights: both, x }), await runCell(backend, mgu(), { weights, x }))).toEqual([]);
});

test("what replaces by z keeps by 1 − z = σ(−a)", async () => {
  const weights = normalWeights(gru().weights({ input, units }), 2);
  const opposite = (from: typeof weights.b) => regrouped(from, units, ([z, r, n]) => [z!.map((v) => -v), r!, n!]);
  const turned = { wx: opposite(weights.wx), wh: opposite(weights.wh), b: opposite(weights.b), bh: weights.bh };
  expect(
    misses(await runCell(backend, gru({ update: "replaces" }), { weights: turned, x }), await runCell(backend, gru(), { weights, x })),
  ).toEqual([]);
});

test.each(["before", "after", "none"] as const)(
  "with layer normalisation and reset %s, gates and candidate each take no notice of what is added to all of their columns",
  async (reset) => {
    const cell = gru({ reset, layerNorm: true }),
      weights = normalWeights(cell.weights({ input, units }), 3);
    const gates = weights.b.data.length - units;
    const shift = (from: typeof weights.wx) => ({
      ...from,
      data: Float64Array.from(from.data, (v, i) => v + (i % (gates + units) < gates ? 1 : -2)),
    });
    const shifted = { ...weights, wx: shift(weights.wx), wh: shift(weights.wh) };
    expect(misses(await runCell(backend, cell, { weights: shifted, x }), await runCell(backend, cell, { weights, x }))).toEqual([]);
  },
);

test("the weights are those that the options ask for, also in their types", () => {
  const keys = (options: GruOptions) => Object.keys(gru(options).weights({ input, units }));
  expect(keys({})).toEqual(["wx", "wh", "b", "bh"]);
  expect(keys({ reset: "before", layerNorm: true })).toEqual(["wx", "wh", "b", "gx", "gh"]);
  expect(gru({ reset: "none" }).weights({ input, units })).toEqual({
    wx: { axes: { input, gates: 4 }, init: "glorotUniform" },
    wh: { axes: { units, gates: 4 }, init: "orthogonal" },
    b: { axes: { gates: 4 }, init: "zeros" },
  });
  // @ts-expect-error: only reset "after" has a recurrent bias
  expect(gru({ reset: "none" }).weights({ input, units }).bh).toBeUndefined();
});

test.each([
  [{ reset: "later" }, 'reset must be one of after, before, none, got "later"'],
  [{ update: "loses" }, 'update must be one of keeps, replaces, got "loses"'],
])("%j is refused where the cell is made", (options, message) => {
  expect(() => gru(options as GruOptions)).toThrow(
    expect.objectContaining({ code: "INVALID_ARGUMENT", message: `gru: ${message}` }) as Error,
  );
});
