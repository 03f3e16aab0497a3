// Both ways over a sequence: each way to merge is what merging layers make of the two apart.
import { open } from "@sluice/core/reference";
import { afterAll, expect, test } from "vitest";
import { model } from "../models/model.ts";
import { sequential } from "../models/sequential.ts";
import { adam } from "../optimizers/adam.ts";
import { deserialize } from "../saving/deserialize.ts";
import { serialize } from "../saving/serialize.ts";
import { f64, figures, filledAt, ramp } from "../testing/figures.ts";
import { add } from "./add.ts";
import { average } from "./average.ts";
import { bidirectional } from "./bidirectional.ts";
import { concatenate } from "./concatenate.ts";
import { dense } from "./dense.ts";
import { gru } from "./gru.ts";
import { input } from "./input.ts";
import { lstm } from "./lstm.ts";
import { multiply } from "./multiply.ts";
import type { RecurrentLayer } from "./recurrent.ts";

const backend = await open();
afterAll(() => backend.close());

const plain = (returnSequences: boolean): RecurrentLayer => lstm({ units: 1, projection: 2, returnSequences, useBias: false }),
  learnt = (returnSequences: boolean): RecurrentLayer => gru({ units: 1, returnSequences, initialState: "learnt" });
const cases = [
  ["concat", concatenate, plain],
  ["sum", add, learnt],
  ["ave", average, plain],
  ["mul", multiply, learnt],
] as const;
const mask = f64([2, 3], [1, 1, 0, 0, 1, 1]);
const x = filledAt(ramp(2, 3, 1), mask, NaN);
for (const [mode, layer, make] of cases)
  test(`${mode} is what a layer makes of the two ways apart, and its gradient that of differences`, async () => {
    for (const returnSequences of [true, false]) {
      const inner = make(returnSequences);
      const whole = input({ shape: [3, 1] }),
        parted = input({ shape: [3, 1] });
      const { forward, backward } = bidirectional(inner, { mergeMode: "none" })(parted);
      const given = { x: { x }, masks: { x: mask } };
      const one = await figures(backend, model({ inputs: { x: whole }, outputs: bidirectional(inner, { mergeMode: mode })(whole) }), given);
      const two = await figures(backend, model({ inputs: { x: parted }, outputs: layer()([forward, backward]) }), given);
      expect(one.wrong).toEqual([]);
      expect({ shape: one.shape, y: one.y, mask: one.mask }).toEqual({ shape: two.shape, y: two.y, mask: two.mask });
      for (const name of ["x", "params"])
        one.gradients[name]?.forEach((slope, i) => expect(slope).toBeCloseTo(two.gradients[name]?.[i] ?? NaN, 12));
      expect(one.y).not.toContain(NaN);
    }
  });

test("the two ways apart train on sequences of their own lengths, start others, and go on from a file", async () => {
  const read = input({ shape: [3, 1] });
  const { forward, backward, state } = bidirectional(gru({ units: 3, returnSequences: true }), { mergeMode: "none", name: "ways" })(read);
  const { forward: end } = state;
  const outputs = {
    there: dense({ units: 1 })(forward),
    back: dense({ units: 1 })(gru({ units: 3 })(backward, { initialState: end })),
  };
  const apart = model({ inputs: read, outputs });
  const options = { backend, optimizer: adam(), loss: { there: "mse", back: "mse" }, seed: 1 } as const;
  const data = (hole: number) => ({
    x: [[[0.1], [0.5], [-0.3]], [[0.7], [hole], [hole]]], // prettier-ignore
    y: { there: [[[1], [2], [3]], [[1], [0], [0]]], back: [[1], [0]] }, // prettier-ignore
    lengths: [3, 1],
  });
  using trainer = await apart.compile(options);
  await trainer.fit(data(NaN), { epochs: 2 });
  using again = await deserialize(await serialize(trainer, { optimizer: true })).compile(options as never);
  for (const each of [trainer, again]) await each.fit(data(5) as never, { epochs: 2 });
  expect(await again.weights()).toEqual(await trainer.weights());
  expect(Object.keys(await trainer.predict(data(0).x, { lengths: [3, 1] }))).toEqual(["there", "back"]);
});

test("two values are no sequence's: it says how to use them", () => {
  expect(() => sequential([bidirectional(gru({ units: 1 }), { mergeMode: "none" })])).toThrow(
    expect.objectContaining({ code: "INVALID_ARGUMENT", message: expect.stringContaining("bidirectional gives forward, backward") }),
  );
});
