// A layer on each step.
import { initialise, type HostArray } from "@sluice/core";
import { open as openReference } from "@sluice/core/reference";
import { open as openCpu } from "@sluice/cpu";
import { open as openWorkers } from "@sluice/workers";
import { afterAll, expect, test } from "vitest";
import {
  deserialize,
  dense,
  dropout,
  embedding,
  globalMaxPooling1D,
  gru,
  input,
  lstm,
  model,
  sequential,
  serialize,
  sgd,
  timeDistributed,
} from "../index.ts";
import { specOf } from "../layers/spec.ts";
import { layoutOf } from "../weights/layout.ts";
import { alone } from "../testing/alone.ts";
import { f64, figures, filledAt, ramp } from "../testing/figures.ts";

const backends = { reference: await openReference(), cpu: await openCpu(), workers: await openWorkers({ threads: 2, threshold: 0 }) };
const backend = backends.reference;
afterAll(() => Promise.all(Object.values(backends).map((each) => each.close())));

const wrapped = timeDistributed(lstm({ units: 2 }));
const mask = f64([2, 3], [1, 1, 0, 1, 0, 0]);

test.each(["reference", "cpu"] as const)("on %s each step is a sample of its own, and the gradient is what differences say", async (on) => {
  const x = ramp(2, 3, 4, 2);
  const all = await figures(backends[on], alone(wrapped, 3, 4, 2), { x: { x }, masks: { x: mask } });
  expect(all).toMatchObject({ shape: [2, 3, 2], mask: [...mask.data], wrong: [] });
  const flat = await figures(backends[on], alone(lstm({ units: 2 }), 4, 2), {
    x: { x: f64([6, 4, 2], [...filledAt(x, mask, 0).data]) },
    weights: unwrappedWeights(),
  });
  all.y.forEach((value, i) => expect(value).toBeCloseTo(flat.y[i]!, 12));
});

/** Those that seed 1 draws for the layer in its wrapping. */
function unwrappedWeights(): Readonly<Record<string, HostArray>> {
  const { weights } = layoutOf({ timeDistributed: wrapped.build(specOf([3, 4, 2], "float"), "test").weights });
  const drawn = Object.entries(initialise(weights, { seed: 1, dtype: "f64" }));
  return Object.fromEntries(drawn.map(([name, value]) => [name.replace("timeDistributed", "lstm"), value]));
}

test("what stands at steps that do not count, NaN included, changes no number and no gradient", async () => {
  for (const layer of [wrapped, timeDistributed(sequential([dense({ units: 3, activation: "tanh" }), globalMaxPooling1D()]))]) {
    const at = (value: number) =>
      figures(backend, alone(layer, 3, 4, 2), { x: { x: filledAt(ramp(2, 3, 4, 2), mask, value) }, masks: { x: mask } });
    expect((await at(NaN)).y).toEqual((await at(0)).y);
    expect((await at(NaN)).gradients).toEqual((await at(0)).gradients);
  }
});

test("random masks are drawn for each step, and weights are those of the layer inside", async () => {
  const layer = timeDistributed(sequential([dropout({ rate: 0.5, seed: 3 }), dense({ units: 2 })]), { name: "each" });
  const built = sequential([layer]).build(specOf([3, 2], "float"));
  expect(built.drawn).toEqual({ "each.dropout": { shape: [3, 2], rate: 0.5, seed: 3 } });
  expect(Object.keys(built.weights["each"] as object)).toEqual(["dense"]);
  const dropped = timeDistributed(dropout({ rate: 0.5 }));
  const { y } = await figures(backend, alone(dropped, 3, 2), { x: { x: f64([2, 3, 2], Array.from({ length: 12 }, () => 1)) }, drawn: { timeDistributed: ramp(2, 3, 2) } }); // prettier-ignore
  expect(y).toEqual([...ramp(2, 3, 2).data]);
});

test("a document is a sequence of sentences, whose words do not all count; the same on every backend, and from a file", async () => {
  const sentence = sequential([embedding({ inputDim: 6, outputDim: 3, maskIndex: 0 }), gru({ units: 4 })], { name: "sentence" });
  const words = input({ shape: [2, 3], dtype: "i32" });
  const document = model({ inputs: words, outputs: dense({ units: 2, activation: "softmax" })(gru({ units: 3 })(timeDistributed(sentence)(words))) }); // prettier-ignore
  const x = [[[1, 2, 0], [3, 0, 0]], [[4, 5, 1], [2, 2, 0]]]; // prettier-ignore
  const longer = x.map((one) => one.map((each) => [...each, 0, 0]));
  const options = { optimizer: sgd({ learningRate: 0.5 }), loss: "sparseCategoricalCrossentropy", seed: 2 } as const;
  const learnt = await Promise.all(
    Object.values(backends).map(async (on) => {
      using trainer = await document.compile({ ...options, backend: on });
      await trainer.fit({ x, y: new Int32Array([0, 1]) }, { epochs: 3 });
      return [...(await trainer.predict(x)).data];
    }),
  );
  for (const other of learnt.slice(1)) other.forEach((p, i) => expect(p).toBeCloseTo(learnt[0]![i]!, 5));
  using trainer = await document.compile({ ...options, backend });
  await trainer.fit({ x, y: new Int32Array([0, 1]) }, { epochs: 3 });
  using again = await deserialize(await serialize(trainer)).compile({ ...options, backend });
  expect(await again.predict(x)).toEqual(await trainer.predict(x));
  await expect(trainer.predict([[[1, 6, 0], [3, 0, 0]]])).rejects.toThrow(expect.objectContaining({ code: "INDEX_OUT_OF_RANGE" })); // prettier-ignore
  const padded = sequential([timeDistributed(sentence)]);
  using short = await padded.compile({ ...options, backend });
  using long = await padded.compile({ ...options, backend });
  expect(await long.predict(longer)).toEqual(await short.predict(x));
});

test("what is no layer of one value is refused by name", () => {
  const refuses = (attempt: () => unknown, code: string, message: string) => expect(attempt).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) })); // prettier-ignore
  const a = input();
  const two = model({ inputs: a, outputs: { p: dense({ units: 1 })(a), q: dense({ units: 1 })(a) } });
  refuses(() => timeDistributed(two as never), "INVALID_ARGUMENT", "timeDistributed: the layer inside gives p, q, and each step has one value"); // prettier-ignore
  refuses(() => timeDistributed({} as never), "INVALID_ARGUMENT", "the layer inside must be a layer");
  refuses(() => timeDistributed(dense({ units: 1 })).build(specOf([], "float"), "t"), "SHAPE_MISMATCH", "t: needs x [batch, steps, …]");
  refuses(() => timeDistributed(lstm({ units: 1 })).build(specOf([3, 2], "float"), "t"), "SHAPE_MISMATCH", "t: needs x [batch, steps, features], got x [batch, features 2]"); // prettier-ignore
  refuses(() => timeDistributed(lstm({ units: 1, stateful: true })).build(specOf([3, 4, 2], "float"), "t"), "INVALID_ARGUMENT", "must not be stateful"); // prettier-ignore
});

test("a loss reads what lies in front of the activation of the layer inside", async () => {
  const options = { backend, optimizer: sgd({ learningRate: 0.1 }), loss: "sparseCategoricalCrossentropy", seed: 1 } as const;
  const given = { x: ramp(2, 3, 2), y: { dtype: "i32", shape: [2, 3], data: Int32Array.of(0, 1, 2, 2, 1, 0) } } as const;
  const inside = dense({ units: 3, activation: "softmax", name: "inside" });
  using each = await sequential([timeDistributed(inside, { name: "head" })]).compile(options);
  using whole = await sequential([dense({ units: 3, activation: "softmax", name: "head" })]).compile(options);
  for (const trainer of [each, whole]) await trainer.fit(given, { epochs: 2 });
  expect(await each.weights()).toEqual(await whole.weights());
});
