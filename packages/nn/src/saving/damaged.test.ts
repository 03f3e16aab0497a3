// Files of models that are not what they say: foreign where another wrote them, corrupt where the state of training is none.
import { expect, test } from "vitest";
import { good, kernel, record, withModel } from "../testing/modelFile.ts";
import { deserialize } from "./deserialize.ts";
import { writeSafetensors, type Tensors } from "./safetensors.ts";

const foreigners: Record<string, Tensors> = {
  "no mark of Sluice": { ...good, metadata: {} },
  "a later version": { ...good, metadata: { ...good.metadata, sluice: "2" } },
  "no model": { ...good, metadata: { sluice: "1" } },
  "a model that is no JSON": { ...good, metadata: { sluice: "1", model: "{" } },
  "a layer of no known kind": withModel({ layers: [{ kind: "conv9d", config: {} }] }),
  "a kind that objects have by themselves": withModel({ layers: [{ kind: "constructor", config: {} }] }),
  "a layer that its maker refuses": withModel({ layers: [{ kind: "dense", config: { units: -1 } }] }),
  ...Object.fromEntries(
    Object.entries({
      "an option there is not": { units: 1, useBias: false, bias: 1 },
      "useBias that is a text": { units: 1, useBias: "no" },
      "an activation in a list": { units: 1, useBias: false, activation: ["softmax"] },
      "units that are a text": { units: "1", useBias: false },
      "no units": { useBias: false },
    }).map(([title, config]) => [title, withModel({ layers: [{ kind: "dense", config }] })]),
  ),
  "a seed that is a record": withModel({ layers: [{ kind: "dropout", config: { rate: 0.5, seed: {} } }, record.layers[0]] }),
  "a layer in a layer that is none": withModel({ layers: [{ kind: "bidirectional", config: { layer: 7 } }] }),
  "a layer both ways that cannot be": withModel({ layers: [{ kind: "bidirectional", config: { layer: record.layers[0] } }] }),
  "no layers": withModel({ layers: undefined }),
  "layers that are no records": withModel({ layers: [null] }),
  "a model with a field that it does not have": withModel({ trainable: false }),
  "a layer with a field that it does not have": withModel({ layers: [{ ...record.layers[0], trainable: false }] }),
  "a name twice in the model": { ...good, metadata: { sluice: "1", model: JSON.stringify(record).replace("{", '{"name":"other",') } },
  "a name that is none": withModel({ name: 7 }),
  "a sample of 33 axes": withModel({ sample: { shape: Array.from({ length: 33 }, () => 1), dtype: "float" } }),
  "a sample of another type": withModel({ sample: { shape: [1], dtype: "f32" } }),
  "weights of whole numbers": { ...good, tensors: { "dense.kernel": { ...kernel, dtype: "i32", data: new Int32Array(1) } } },
  "an array that belongs to nothing": { ...good, tensors: { ...good.tensors, "optimizer/m/dense.kernel": kernel } },
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

test("a state of training that is none: FILE_CORRUPT", () => {
  for (const counts of [
    { step: -1, epoch: 1 },
    { step: 1, epoch: "x" },
    { step: 1.5, epoch: 1 },
    { step: 1, epoch: 1, optimizer: { name: "sgd" } },
    { step: 1, epoch: 1, slots: ["m", "m"] },
    { step: 1, epoch: 1, slots: "m" },
    { step: 1, epoch: 1, more: 1 },
  ]) {
    const file = withModel({ training: { optimizer: "sgd", slots: [], ...counts } });
    expect(() => deserialize(writeSafetensors(file))).toThrow(expect.objectContaining({ code: "FILE_CORRUPT" }));
  }
});

const sums = { names: ["loss"], full: [0, 4, "NaN"], partial: [0, 2, 1] };
const position = { steps: 3, samples: 10, batchSize: 4, shuffle: 7, sums };
const log = { loss: 1, epoch: 0, examplesPerSecond: 1 };
const best = { monitor: "loss", waited: 1, log };
const under = (progress: unknown) => withModel({ training: { optimizer: "sgd", slots: [], step: 1, epoch: 1, progress } });
const damagedProgress: Record<string, unknown> = {
  "no record": 7,
  "a field that it does not have": { position, more: 1 },
  "no step done": { position: { ...position, steps: 0 } },
  "more steps than an epoch has": { position: { ...position, steps: 4 } },
  "batches larger than the data": { position: { ...position, batchSize: 11 } },
  "an order by true": { position: { ...position, shuffle: true } },
  "a position without sums": { position: { ...position, sums: undefined } },
  "sums of fewer measures": { position: { ...position, sums: { ...sums, full: [0, 4] } } },
  "sums of other lengths": { position: { ...position, sums: { ...sums, partial: [0, 2] } } },
  "a sum that is a text": { position: { ...position, sums: { ...sums, partial: [0, 2, "one"] } } },
  "no monitor": { best: { ...best, monitor: undefined } },
  "patience below 0": { best: { ...best, waited: -1 } },
  "a best epoch without its loss": { best: { ...best, log: { ...log, loss: undefined } } },
  "a best epoch without what was monitored": { best: { ...best, monitor: "mae" } },
};

test("a fit under way is read as it was written", () => {
  const { progress } = deserialize(writeSafetensors(under({ position, best }))).saved!.training!;
  expect(progress).toEqual({ position: { ...position, sums: { ...sums, full: [0, 4, Number.NaN] } }, best });
});

for (const [title, progress] of Object.entries(damagedProgress)) {
  test(`a fit under way with ${title}: FILE_CORRUPT`, () => {
    expect(() => deserialize(writeSafetensors(under(progress)))).toThrow(expect.objectContaining({ code: "FILE_CORRUPT" }));
  });
}
