import { runInNewContext } from "node:vm";
import { cell } from "@sluice/core";
import { open } from "@sluice/core/reference";
import fc from "fast-check";
import { afterAll, expect, test, vi } from "vitest";
import { bidirectional } from "../layers/bidirectional.ts";
import { dense } from "../layers/dense.ts";
import { dropout } from "../layers/dropout.ts";
import { embedding } from "../layers/embedding.ts";
import { gru } from "../layers/gru.ts";
import { input } from "../layers/input.ts";
import type { LayerDefinition } from "../layers/layer.ts";
import { lstm } from "../layers/lstm.ts";
import { recurrent } from "../layers/recurrent.ts";
import { simpleRNN } from "../layers/simpleRNN.ts";
import { specOf } from "../layers/spec.ts";
import { layoutOf } from "../weights/layout.ts";
import { sequential } from "../models/sequential.ts";
import { adam } from "../optimizers/adam.ts";
import { sgd } from "../optimizers/sgd.ts";
import { good, kernel, record, withModel } from "../testing/modelFile.ts";
import { serialize } from "./serialize.ts";
import { deserializeWith } from "./deserializeWith.ts";
import { deserialize } from "./deserialize.ts";
import { openSafetensors, writeSafetensors } from "./safetensors.ts";

const backend = await open();
afterAll(() => backend.close());

/** One of each layer. */
const everything = () =>
  sequential(
    [
      input({ shape: [3], dtype: "i32" }),
      embedding({ inputDim: 5, outputDim: 4 }),
      bidirectional(lstm({ units: 2, returnSequences: true }), { mergeMode: "ave" }),
      dropout({ rate: 0.3, seed: 9 }),
      gru({ units: 3, resetAfter: false, goBackwards: true, returnSequences: true, name: "second" }),
      simpleRNN({ units: 2, activation: "relu" }),
      dense({ units: 2, activation: "tanh", useBias: false }),
      dense({ units: 1 }),
    ],
    { name: "everything" },
  );
const data = {
  x: [
    [0, 1, 2],
    [3, 4, 0],
    [1, 1, 1],
    [4, 3, 2],
    [2, 0, 4],
  ],
  y: [0, 1, 0.5, -1, 2],
};
const options = { backend, optimizer: adam({ learningRate: 0.01 }), loss: "mse", seed: 5 } as const;

test("a model comes back with the same layers, weights and predictions, bit for bit", async () => {
  for (const dtype of ["f32", "f64"] as const) {
    const trainer = await everything().compile({ ...options, dtype });
    await trainer.fit(data, { epochs: 2, batchSize: 2 });
    const model = deserialize(await serialize(trainer));
    expect(model.name).toBe("everything");
    expect(model.layers.map(({ name, layer: { kind, config } }) => ({ name, kind, config }))).toEqual(
      everything().layers.map(({ name, layer: { kind, config } }) => ({ name, kind, config })),
    );
    const loaded = await model.compile({ backend, dtype, seed: 77 });
    expect(await loaded.weights()).toEqual(await trainer.weights());
    expect(await loaded.predict(data.x)).toEqual(await trainer.predict(data.x));
    expect(await serialize(model)).toEqual(await serialize(trainer));
  }
});

test("training that was saved with its optimizer goes on as if it had not stopped", async () => {
  const fit = { batchSize: 2, shuffle: true } as const;
  const whole = await everything().compile(options);
  const { epochs } = await whole.fit(data, { ...fit, epochs: 4 });
  const first = await everything().compile(options);
  await first.fit(data, { ...fit, epochs: 2 });
  const second = await deserialize(await serialize(first, { optimizer: true })).compile(options);
  const resumed = await second.fit(data, { ...fit, epochs: 2 });
  expect(resumed.epochs.map(({ loss }) => loss)).toEqual(epochs.slice(2).map(({ loss }) => loss));
  expect(await serialize(second, { optimizer: true })).toEqual(await serialize(whole, { optimizer: true }));
});

test("state of another optimizer is refused, unless it is left aside", async () => {
  const trainer = await everything().compile(options);
  const bytes = await serialize(trainer, { optimizer: true });
  await expect(deserialize(bytes).compile({ ...options, optimizer: sgd() })).rejects.toThrow(
    expect.objectContaining({ code: "INVALID_ARGUMENT" }),
  );
  await deserialize(bytes, { optimizer: false }).compile({ ...options, optimizer: sgd() });
  await deserialize(bytes).compile({ backend }); // only predicts
});

test("the file is one that others can open: weights by layer and key with their shapes", async () => {
  const { header } = openSafetensors(await serialize(await everything().compile(options)), "test");
  const shapes = Object.fromEntries(header.entries.map(({ name, shape }) => [name, shape]));
  expect(shapes).toMatchObject({
    "embedding.embeddings": [5, 4],
    "bidirectional.backward.wx": [4, 8],
    "second.wh": [3, 9],
    "dense.kernel": [2, 2],
    "dense_1.bias": [1],
  });
  expect(header.metadata["sluice"]).toBe("1");
});

test("a file cut short at any byte is FILE_CORRUPT", async () => {
  const trainer = await sequential([input({ shape: [1] }), dense({ units: 1 })]).compile(options);
  const bytes = await serialize(trainer, { optimizer: true });
  for (let length = 0; length < bytes.length; length += 7) {
    expect(() => deserialize(bytes.subarray(0, length)), `${length} of ${bytes.length} bytes`).toThrow(
      expect.objectContaining({ code: "FILE_CORRUPT" }),
    );
  }
});

test("a layer of one's own is found by its maker", async () => {
  const leak = recurrent(
    cell({
      name: "leak",
      weights: ({ units }) => ({ keep: { axes: { units }, init: { constant: 0.5 } } }),
      state: ({ units }) => ({ h: { axes: { units } } }),
      step: ({ keep }, x, { h }) => {
        const next = h.mul(keep).add(x);
        return { output: next, state: { h: next } };
      },
    }),
  );
  const bytes = await serialize(await sequential([input({ shape: [3, 2] }), bidirectional(leak({ units: 2 }))]).compile(options));
  expect(() => deserialize(bytes)).toThrow(expect.objectContaining({ code: "FILE_FOREIGN", facts: { kind: "leak" } }));
  const refused = (what: string) => expect.objectContaining({ message: expect.stringContaining(what) });
  expect(() => deserialize(bytes, { layers: { leak: leak({ units: 2 }) as never } })).toThrow(refused("layers must be a record of makers"));
  expect(() => deserialize(bytes, { layers: { leak: () => dense({ units: 2 }) } })).toThrow(
    refused('must be a layer of kind "leak", got "dense"'),
  );
  const loaded = await deserialize(bytes, { layers: { leak } }).compile({ backend });
  expect(
    (
      await loaded.predict([
        [
          [1, 2],
          [3, 4],
          [5, 6],
        ],
      ])
    ).shape,
  ).toEqual([1, 4]);
});

test("a model without weights cannot be serialized", async () => {
  await expect(serialize(sequential([dense({ units: 1 })]))).rejects.toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
  await expect(serialize(await sequential([dense({ units: 1 })]).compile(options))).rejects.toThrow(
    expect.objectContaining({ code: "INVALID_ARGUMENT" }),
  );
});

test("bytes are taken in any view of memory, also of another realm; what is no bytes is refused", async () => {
  const bytes = await serialize(await sequential([input({ shape: [1] }), dense({ units: 1 })]).compile(options));
  const shared = new SharedArrayBuffer(bytes.length);
  new Uint8Array(shared).set(bytes);
  const { ArrayBuffer: Other, Uint8Array: OtherView } = runInNewContext("({ ArrayBuffer, Uint8Array })") as typeof globalThis;
  const foreignBuffer = new Other(bytes.length);
  new OtherView(foreignBuffer).set(bytes);
  const inside = Buffer.concat([new Uint8Array(3), bytes]).subarray(3);
  for (const given of [bytes.buffer, shared, foreignBuffer, new OtherView(foreignBuffer), new DataView(shared), inside])
    expect(deserialize(given).saved).toEqual(deserialize(bytes).saved);
  for (const given of [null, undefined, "text", 7, {}, [...bytes], new Map(), { byteLength: 8 }])
    expect(() => deserialize(given as never)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT", who: "deserialize" })); // as JavaScript may
});

test("bytes whose buffer was transferred are refused, and so is a model that has such an array", async () => {
  const bytes = new Uint8Array(writeSafetensors(good));
  const model = deserialize(bytes);
  const views = [bytes, new DataView(bytes.buffer, 3), Buffer.from(bytes.buffer), bytes.buffer];
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  const refused = expect.objectContaining({ code: "INVALID_ARGUMENT", message: expect.stringContaining("detached") });
  for (const given of views) expect(() => deserialize(given)).toThrow(refused);
  const buffer = model.saved!.weights["dense.kernel"]!.data.buffer as ArrayBuffer; // `deserialize` made it
  structuredClone(buffer, { transfer: [buffer] });
  await expect(serialize(model)).rejects.toThrow(
    expect.objectContaining({ code: "INVALID_ARGUMENT", message: expect.stringContaining("dense.kernel") }),
  );
});

test("weights that are no numbers are refused by name, in reading and in saving, unless one insists", async () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
    const bytes = writeSafetensors({ ...good, tensors: { "dense.kernel": { ...kernel, data: new Float32Array([value]) } } });
    const refused = expect.objectContaining({ code: "NOT_FINITE", facts: { name: "dense.kernel", index: 0, value } });
    expect(() => deserialize(bytes)).toThrow(refused);
    const model = deserialize(bytes, { allowNonFinite: true });
    await expect(serialize(model)).rejects.toThrow(refused);
    expect(await serialize(model, { allowNonFinite: true })).toEqual(bytes);
  }
});

test("a trainer takes no weights that are no numbers, and keeps those it has", async () => {
  const trainer = await sequential([input({ shape: [1] }), dense({ units: 1 })]).compile(options);
  const before = await trainer.weights();
  for (const value of [Number.NaN, Number.NEGATIVE_INFINITY, 1e300]) {
    const kernel = { dtype: "f64", shape: [1, 1], data: new Float64Array([value]) } as const;
    expect(() => trainer.setWeights({ dense: { kernel, bias: { dtype: "f32", shape: [1], data: new Float32Array([5]) } } })).toThrow(
      expect.objectContaining({ code: "NOT_FINITE", message: expect.stringContaining("dense.kernel") }),
    );
  }
  expect(await trainer.weights()).toEqual(before);
});

test("a model of f64 is compiled as f64 unless another type is asked for, which then has to hold it", async () => {
  const trainer = await sequential([input({ shape: [1] }), dense({ units: 1 })]).compile({ backend, dtype: "f64" });
  const weights = { dense: { kernel: { dtype: "f64", shape: [1, 1], data: new Float64Array([1 / 3]) }, bias: { dtype: "f64", shape: [1], data: new Float64Array(1) } } } as const; // prettier-ignore
  trainer.setWeights(weights);
  const loaded = deserialize(await serialize(trainer));
  expect(await (await loaded.compile({ backend })).weights()).toMatchObject({ dense: { kernel: { data: new Float64Array([1 / 3]) } } });
  const rounded = await (await loaded.compile({ backend, dtype: "f32" })).weights();
  expect(rounded).toMatchObject({ dense: { kernel: { dtype: "f32", data: new Float32Array([1 / 3]) } } });
  trainer.setWeights({ dense: { ...weights.dense, bias: { ...weights.dense.bias, data: new Float64Array([1e300]) } } });
  const large = deserialize(await serialize(trainer));
  await expect(large.compile({ backend, dtype: "f32" })).rejects.toThrow(
    expect.objectContaining({ code: "NOT_FINITE", facts: { weight: "dense.bias", index: 0 } }),
  );
});

/** A layer of one's own: a config and names of weights as they come. */
const own = (config: object, keys: readonly string[] = []): LayerDefinition => ({
  kind: "own",
  config,
  build: (sample) => ({
    output: sample,
    weights: Object.fromEntries(keys.map((key) => [key, { axes: { size: 2 }, init: "ones" as const }])),
    apply: (_, x) => x,
  }),
});

test("what is saved loads again with the same bits, or saving refuses: any config, any name of a weight", async () => {
  const anyName = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("a/b", "optimizer/m/x", "__proto__", "a.b", "\ud800", "__metadata__", "7"),
  );
  const anyConfig = fc.dictionary(anyName, fc.anything({ withBigInt: true, withTypedArray: true, withDate: true, withSparseArray: true }), {
    noNullPrototype: true,
  });
  await fc.assert(
    fc.asyncProperty(anyConfig, fc.uniqueArray(anyName, { maxLength: 3 }), fc.boolean(), async (anything, keys, optimizer) => {
      const config = { ...anything, name: "mine" };
      const trainer = await sequential([input({ shape: [1] }), own(config, keys), dense({ units: 1 })], { name: "\ud800" }).compile(
        options,
      );
      const saved = await serialize(trainer, { optimizer }).catch((error: unknown) => error);
      trainer.dispose();
      if (!(saved instanceof Uint8Array)) {
        expect(saved).toEqual(expect.objectContaining({ code: "INVALID_ARGUMENT", who: "serialize" }));
        return;
      }
      const loaded = deserialize(saved, { layers: { own: (given: object) => own(given, keys) } });
      expect(loaded.layers[1]?.layer.config).toEqual(config);
      expect(await serialize(loaded, { optimizer })).toEqual(saved);
    }),
  );
});

test("what JSON cannot hold is refused by its place: an infinite number, a function", async () => {
  for (const value of [Infinity, () => 1]) {
    const trainer = await sequential([input({ shape: [1] }), own({ limit: value }), dense({ units: 1 })]).compile(options);
    await expect(serialize(trainer)).rejects.toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT", facts: { path: "model.layers.1.config.limit" } }),
    );
  }
});

test("two weights of one name are refused when a model is built", () => {
  const weight = { axes: { size: 1 }, init: "ones" } as const;
  const layer: LayerDefinition = {
    ...own({}),
    build: (sample) => ({ output: sample, weights: { "a.b": weight, a: { b: weight } }, apply: (_, x) => x }),
  };
  expect(() => layoutOf(sequential([layer]).build(specOf([1], "float")).weights)).toThrow(
    expect.objectContaining({ code: "INVALID_ARGUMENT", facts: { weight: "own.a.b" } }),
  );
});

test("a file of many layers is read by looking at each name a few times", async () => {
  const count = 20_000;
  const many = withModel({
    layers: [...Array.from({ length: count }, () => ({ kind: "dropout", config: { rate: 0 } })), record.layers[0]],
  });
  const bytes = writeSafetensors(many);
  const looks = vi.spyOn(Set.prototype, "has");
  expect(deserialize(bytes).layers.at(-2)?.name).toBe(`dropout_${count - 1}`);
  expect(looks.mock.calls.length).toBeLessThan(5 * count);
  looks.mockRestore();
});

test("a model comes back of the layers that are named, wrappers and layers inside them among them, and of no others", async () => {
  using trainer = await everything().compile(options);
  await trainer.predict(data.x);
  const bytes = await serialize(trainer);
  const layers = { input, embedding, bidirectional, lstm, dropout, gru, simpleRNN, dense };
  using again = await deserializeWith(bytes, { layers }).compile({ backend });
  expect(await again.predict(data.x)).toEqual(await trainer.predict(data.x));
  for (const kind of ["lstm", "bidirectional"] as const)
    expect(() => deserializeWith(bytes, { layers: { ...layers, [kind]: undefined } as never })).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT" }),
    );
  const { lstm: _, ...others } = layers;
  expect(() => deserializeWith(bytes, { layers: others })).toThrow(
    expect.objectContaining({ code: "FILE_FOREIGN", facts: { kind: "lstm" } }),
  );
});
