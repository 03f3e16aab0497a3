import { cell, type HostArray } from "@sluice/core";
import { open } from "@sluice/core/reference";
import { afterAll, expect, test } from "vitest";
import { bidirectional } from "../layers/bidirectional.ts";
import { dense } from "../layers/dense.ts";
import { dropout } from "../layers/dropout.ts";
import { embedding } from "../layers/embedding.ts";
import { gru } from "../layers/gru.ts";
import { input } from "../layers/input.ts";
import { lstm } from "../layers/lstm.ts";
import { recurrent } from "../layers/recurrent.ts";
import { simpleRNN } from "../layers/simpleRNN.ts";
import { sequential } from "../model/sequential.ts";
import { adam } from "../optimizers/adam.ts";
import { sgd } from "../optimizers/sgd.ts";
import { deserialize, serialize } from "./serialize.ts";
import { readSafetensors, writeSafetensors, type Tensors } from "./safetensors.ts";

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
  const { tensors, metadata } = readSafetensors(await serialize(await everything().compile(options)), "test");
  const shapes = Object.fromEntries(Object.entries(tensors).map(([name, { shape }]) => [name, shape]));
  expect(shapes).toMatchObject({
    "embedding.embeddings": [5, 4],
    "bidirectional.backward.wx": [4, 8],
    "second.wh": [3, 9],
    "dense.kernel": [2, 2],
    "dense_1.bias": [1],
  });
  expect(metadata["sluice"]).toBe("1");
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

const kernel: HostArray = { dtype: "f32", shape: [1, 1], data: new Float32Array(1) };
const record = { name: "m", layers: [{ kind: "dense", config: { units: 1, useBias: false } }], sample: { shape: [1], dtype: "float" } };
const good: Tensors = { tensors: { "dense.kernel": kernel }, metadata: { sluice: "1", model: JSON.stringify(record) } };
const withModel = (changes: object): Tensors => ({ ...good, metadata: { sluice: "1", model: JSON.stringify({ ...record, ...changes }) } });
const foreigners: Record<string, Tensors> = {
  "no mark of Sluice": { ...good, metadata: {} },
  "a later version": { ...good, metadata: { ...good.metadata, sluice: "2" } },
  "no model": { ...good, metadata: { sluice: "1" } },
  "a model that is no JSON": { ...good, metadata: { sluice: "1", model: "{" } },
  "a layer of no known kind": withModel({ layers: [{ kind: "conv9d", config: {} }] }),
  "a kind that objects have by themselves": withModel({ layers: [{ kind: "constructor", config: {} }] }),
  "a layer that its maker refuses": withModel({ layers: [{ kind: "dense", config: { units: -1 } }] }),
  "no layers": withModel({ layers: undefined }),
  "a sample that does not fit": withModel({ sample: { shape: [], dtype: "float" } }),
  "a weight that is missing": { ...good, tensors: {} },
  "a weight of another shape": { ...good, tensors: { "dense.kernel": { ...kernel, shape: [1] } } },
  "a weight too many": { ...good, tensors: { ...good.tensors, "dense.bias": { ...kernel, shape: [1] } } },
  "optimizer arrays that are missing": withModel({ training: { optimizer: "adam", step: 1, epoch: 1, slots: ["m", "v"] } }),
};

test("a good file is read", () => {
  expect(deserialize(writeSafetensors(good)).saved?.weights).toEqual({ "dense.kernel": kernel });
});

for (const [title, file] of Object.entries(foreigners)) {
  test(`${title}: FILE_FOREIGN`, () => {
    expect(() => deserialize(writeSafetensors(file))).toThrow(expect.objectContaining({ code: "FILE_FOREIGN" }));
  });
}

test("counts of updates that are none: FILE_CORRUPT", () => {
  for (const counts of [
    { step: -1, epoch: 1 },
    { step: 1, epoch: "x" },
  ]) {
    const file = withModel({ training: { optimizer: "sgd", ...counts, slots: [] } });
    expect(() => deserialize(writeSafetensors(file))).toThrow(expect.objectContaining({ code: "FILE_CORRUPT" }));
  }
});

test("a model without weights cannot be serialized", async () => {
  await expect(serialize(sequential([dense({ units: 1 })]))).rejects.toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
  await expect(serialize(await sequential([dense({ units: 1 })]).compile(options))).rejects.toThrow(
    expect.objectContaining({ code: "INVALID_ARGUMENT" }),
  );
});
