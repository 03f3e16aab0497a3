// A standalone file gives the bits that @sluice/cpu gives, whatever the model.
import type { HostArray } from "@sluice/core";
import { open } from "@sluice/cpu";
import fc from "fast-check";
import {
  bidirectional,
  dense,
  deserialize,
  embedding,
  globalAveragePooling1D,
  gru,
  input,
  lstm,
  model,
  multiHeadAttention,
  sequential,
  serialize,
} from "@sluice/nn";
import { afterAll, expect, test } from "vitest";
import { standalone } from "./index.ts";
import { dataOf, drawn, modelOf, stepOf } from "./testing/drawn.ts";
import { bitsOf, cleanUp, firstRows, opened } from "./testing/opened.ts";

const isThorough = process.env["SLUICE_THOROUGH"] === "1";
const backend = await open();
afterAll(async () => {
  cleanUp();
  await backend.close();
});

/** The last row again, as the library fills up a batch. */
function filledUp({ dtype, shape: [rows = 0, ...row], data }: HostArray, batch: number): HostArray {
  const width = data.length / rows;
  const all = Array.from({ length: batch }, (_, b) =>
    Array.from(data.subarray(Math.min(b, rows - 1) * width, (Math.min(b, rows - 1) + 1) * width)),
  ).flat();
  return { dtype, shape: [batch, ...row], data: dtype === "i32" ? Int32Array.from(all) : Float32Array.from(all) };
}

test("what predict gives has the bits of trainer.predict, for as many rows and steps as were named, and fewer rows", async () => {
  let streams = 0;
  await fc.assert(
    fc.asyncProperty(drawn, async (one) => {
      const { batch, seed } = one;
      const exported = one.isDeclared ? one.steps : one.exported;
      const rows = Math.min(one.rows, batch);
      using trainer = await modelOf(one).compile({ backend, seed });
      if (!one.isDeclared) await trainer.predict(dataOf(one, 1, one.steps)); // which tells it what samples look like
      const maxSteps = exported + 2;
      const made = await standalone(trainer, { batch, steps: exported, lengths: one.lengths, maxSteps });
      const model = await opened(made);
      const x = dataOf(one, rows, exported);
      const lengths = Int32Array.from({ length: rows }, (_, i) => (i * 7 + seed) % (exported + 1));
      const options = one.lengths ? { lengths } : {};
      const full = filledUp({ dtype: "i32", shape: [rows], data: lengths }, batch);
      const wanted = await trainer.predict(filledUp(x, batch), { batchSize: batch, ...(one.lengths && { lengths: full }) });
      expect(bitsOf(model.predict(x, options))).toEqual(bitsOf(firstRows(wanted, rows)));
      expect(bitsOf(model.predict(x, options))).toEqual(bitsOf(firstRows(wanted, rows)));

      if (made.verbs.includes("stream")) {
        streams++;
        using theirs = await trainer.stream({ batch, maxSteps });
        const ours = model.stream();
        const long = dataOf(one, batch, maxSteps);
        for (let t = 0; t < maxSteps; t++) expect(bitsOf(ours.step(stepOf(long, t)))).toEqual(bitsOf(await theirs.step(stepOf(long, t))));
        expect(ours.state()).toEqual(await theirs.state());
      } else expect(made.withoutStream).toMatch(/yet to come|SHAPE|steps/);
      model.dispose();
    }),
    { numRuns: isThorough ? 1000 : 25 },
  );
  expect(streams).toBeGreaterThan(0);
});

const tokens = (...shape: readonly number[]): HostArray => {
  const size = shape.reduce((a, b) => a * b, 1);
  return { dtype: "i32", shape, data: Int32Array.from({ length: size }, (_, i) => (i * 5 + 1) % 9) };
};

test("inputs and outputs by name, of which one is read step by step beside another", async () => {
  const source = input({ shape: [4], dtype: "i32", name: "source" });
  const target = input({ shape: [6], dtype: "i32", name: "target" });
  const encoded = gru({ units: 8, returnSequences: true })(embedding({ inputDim: 9, outputDim: 8, maskIndex: 0 })(source));
  const read = lstm({ units: 8, returnSequences: true })(embedding({ inputDim: 9, outputDim: 8 })(target));
  const attended = multiHeadAttention({ numHeads: 2, keyDim: 4 })(read, { value: encoded });
  const outputs = { next: dense({ units: 9, activation: "softmax" })(attended), read };
  using trainer = await model({ inputs: { source, target }, outputs }).compile({ backend });
  const made = await standalone(trainer, { batch: 2, over: "target", lengths: ["source"] });
  const ours = await opened(made);
  const x = { source: tokens(2, 4), target: tokens(2, 6) };
  const lengths = { source: [4, 2] };
  expect(bitsOf(ours.predict(x, { lengths }))).toEqual(bitsOf(await trainer.predict(x, { lengths })));
  const given = { inputs: { source: x.source }, lengths };
  const [one, another] = [ours.stream(given), ours.stream({ inputs: { source: tokens(2, 5).data.subarray(0, 8) } })];
  using theirs = await trainer.stream({ over: "target", ...given });
  using others = await trainer.stream({
    over: "target",
    inputs: { source: { ...tokens(2, 4), data: tokens(2, 5).data.subarray(0, 8) } },
    lengths: { source: [4, 4] },
  });
  for (let t = 0; t < 9; t++) {
    const step = [t % 9, (t * 4) % 9];
    expect(bitsOf(one.step(step))).toEqual(bitsOf(await theirs.step(step)));
    expect(bitsOf(another.step(step))).toEqual(bitsOf(await others.step(step)));
  }
});

test("a stream goes on from a state of the library's, and the library's from one of its own; reset begins anew", async () => {
  using trainer = await sequential([input({ shape: [3, 2] }), lstm({ units: 5 })]).compile({ backend });
  const ours = (await opened(await standalone(trainer))).stream();
  using theirs = await trainer.stream();
  const first = ours.step([1, 2]);
  await theirs.step([1, 2]);
  await theirs.step([3, 4]);
  ours.setState(await theirs.state());
  expect(ours.steps).toBe(2);
  expect(bitsOf(ours.step([5, 6]))).toEqual(bitsOf(await theirs.step([5, 6])));
  theirs.setState(ours.state());
  expect(bitsOf(ours.step([7, 8]))).toEqual(bitsOf(await theirs.step([7, 8])));
  ours.reset();
  expect(ours.steps).toBe(0);
  expect(ours.step([1, 2])).toEqual(first);
});

test("ends that are named like what every record has, and a model without weights", async () => {
  const [one, two] = [input({ shape: [3, 2], name: "constructor" }), input({ shape: [3, 2], name: "toString" })];
  const outputs = { constructor: globalAveragePooling1D()(one), valueOf: globalAveragePooling1D()(two) };
  using trainer = await model({ inputs: { constructor: one, toString: two }, outputs }).compile({ backend });
  const x = { constructor: [[[1, 2], [3, 4], [5, 6]]], toString: [[[7, 8], [9, 10], [11, 12]]] }; // prettier-ignore
  const lengths = { constructor: [3], toString: [2] };
  expect(bitsOf((await opened(await standalone(trainer))).predict(x))).toEqual(bitsOf(await trainer.predict(x)));
  const ours = await opened(await standalone(trainer, { lengths: true, steps: { toString: 3 } }));
  expect(bitsOf(ours.predict(x, { lengths }))).toEqual(bitsOf(await trainer.predict(x, { lengths })));
  expect(bitsOf(ours.predict(x, { lengths: { toString: [2] } }))).toEqual(bitsOf(await trainer.predict(x, { lengths })));
});

test("a model that was loaded is exported as it was saved, without a backend", async () => {
  const made = sequential([input({ shape: [4, 2] }), bidirectional(gru({ units: 3 })), dense({ units: 1 })]);
  using trainer = await made.compile({ backend });
  const loaded = await deserialize(await serialize(trainer));
  const x = { dtype: "f32", shape: [1, 4, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8) } as const;
  const own = await standalone(loaded);
  expect(own.verbs).toEqual(["predict"]);
  expect(bitsOf((await opened(own)).predict(x))).toEqual(bitsOf(await trainer.predict(x)));
});
