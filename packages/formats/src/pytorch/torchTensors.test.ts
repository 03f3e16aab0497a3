import { compile, lstm, recurrence, square, type HostArray, type Tensor } from "@sluice/core";
import { open } from "@sluice/cpu";
import { learn, sgd } from "@sluice/nn";
import { expect, test } from "vitest";
import { torchFixture, torchModule } from "./testing/torch.ts";
import { torchModules } from "./torchModules.ts";
import { torchTensors } from "./torchTensors.ts";

type State = Readonly<Record<string, HostArray>>;
const sorted = (state: State): State => Object.fromEntries(Object.entries(state).toSorted(([a], [b]) => (a < b ? -1 : 1)));

test("modules without biases to add up go back bit for bit", async () => {
  const { tensors: kdim } = await torchModule("kdim");
  expect(sorted(torchTensors.multiheadAttention(torchModules.multiheadAttention(kdim, { prefix: "kdim" }), { prefix: "kdim" }))).toEqual(
    sorted(kdim),
  );
  const { tensors: decoder } = await torchModule("decoder");
  expect(
    sorted(
      torchTensors.transformerDecoderLayer(torchModules.transformerDecoderLayer(decoder, { prefix: "decoder" }), { prefix: "decoder" }),
    ),
  ).toEqual(sorted(decoder));
  const { tensors: encoder } = await torchModule("encoderFirst");
  expect(
    sorted(
      torchTensors.transformerEncoderLayer(torchModules.transformerEncoderLayer(encoder, { prefix: "encoderFirst" }), {
        prefix: "encoderFirst",
      }),
    ),
  ).toEqual(sorted(encoder));
  for (const [name, module] of Object.entries({
    conv: "conv1d",
    transposed: "convTranspose1d",
    groupNorm: "groupNorm",
    rmsNorm: "rmsNorm",
  } as const)) {
    const { tensors } = await torchModule(name);
    expect(sorted(torchTensors[module](torchModules[module](tensors, { prefix: name }), { prefix: name }))).toEqual(sorted(tensors));
  }
  const { tensors: bare } = await torchFixture("gru-no-bias");
  expect(sorted(torchTensors.gru(torchModules.gru(bare, { bias: false })))).toEqual(sorted(bare));
  const { tensors: tagger } = await torchFixture("tagger");
  expect(torchTensors.linear(torchModules.linear(tagger, { prefix: "head" })).weight).toEqual(tagger["head.weight"]);
  expect(torchTensors.embedding(torchModules.embedding(tagger, { prefix: "embedding" })).weight).toEqual(tagger["embedding.weight"]);
  expect(torchTensors.layerNorm(torchModules.layerNorm(tagger, { prefix: "norm" })).bias).toEqual(tagger["norm.bias"]);
});

test("recurrent ones go back to what gives the same weights again, layers and directions among them", async () => {
  const { tensors } = await torchFixture("lstm-2-bidirectional"),
    how = { numLayers: 2, bidirectional: true } as const;
  const weights = torchModules.lstm(tensors, how),
    back = torchTensors.lstm(weights);
  expect(Object.keys(back).toSorted()).toEqual(Object.keys(tensors).toSorted());
  expect(torchModules.lstm(back, how)).toEqual(weights);
  const { tensors: two } = await torchModule("gru");
  const gated = torchModules.gru(two, { prefix: "gru", numLayers: 2 });
  expect(torchModules.gru(torchTensors.gru(gated), { numLayers: 2 })).toEqual(gated);
  const { tensors: both } = await torchModule("rnn");
  const plain = torchModules.rnn(both, { prefix: "rnn", ...how });
  expect(torchModules.rnn(torchTensors.rnn(plain), how)).toEqual(plain);
  for (const [name, module] of Object.entries({ gruCell: "gruCell", rnnCell: "rnnCell" } as const)) {
    const cell = torchModules[module]((await torchModule(name)).tensors, { prefix: name });
    expect(torchModules[module](torchTensors[module](cell))).toEqual(cell);
  }
  const norm = torchModules.batchNorm1d((await torchModule("batchNorm")).tensors, { prefix: "batchNorm" });
  expect(torchModules.batchNorm1d(torchTensors.batchNorm1d(norm))).toEqual(norm);
});

test("a loop of one's own starts anywhere and leaves", async () => {
  const backend = await open();
  const cells = recurrence(lstm());
  using learner = await learn(backend, {
    weights: { rnn: cells.weights({ input: 3, units: 4 }) },
    inputs: { x: "float" },
    optimizer: sgd({ learningRate: 0.1 }),
    loss: (w, { x }) => square(cells.run(w.rnn, x).last).mean(),
  });
  const { tensors } = await torchFixture("lstm");
  await learner.setWeights({ rnn: torchModules.lstm(tensors) });
  await learner.step({ x: [[[1, 2, 3]]] });
  const { rnn } = await learner.weights();
  const left = torchTensors.lstm(rnn, { prefix: "rnn" });
  expect(Object.keys(left)).toEqual(["rnn.weight_ih_l0", "rnn.weight_hh_l0", "rnn.bias_ih_l0", "rnn.bias_hh_l0"]);
  expect(left["rnn.weight_ih_l0"]?.data).not.toEqual(tensors["weight_ih_l0"]?.data);
  const last = compile(backend, (w: Parameters<typeof cells.run>[0], x: Tensor) => cells.run(w, x).last);
  const [ours, theirs] = [await last(rnn, [[[1, 2, 3]]]), await last(torchModules.lstm(left, { prefix: "rnn" }), [[[1, 2, 3]]])];
  expect(await ours.read()).toEqual(await theirs.read());
  await backend.close();
});

test("weights that are missing or of no such module, and what is no tree of arrays, are refused", async () => {
  const { tensors } = await torchFixture("lstm");
  const weights = torchModules.lstm(tensors);
  for (const wrong of [
    { ...weights, wc: weights.b },
    { wx: weights.wx },
    null,
    7,
    [],
    { wx: 7 },
    { ...weights, b: { ...weights.b, shape: [3] } },
  ])
    expect(() => torchTensors.lstm(wrong as never)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
  expect(() => torchTensors.lstm(weights, { layers: 2 } as never)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
});
