import type { HostArray } from "@sluice/core";
import { attentionDecoder, dense, gru, input, layer, lstm, model, sequential, tokenAndPositionEmbedding, type Spec } from "@sluice/nn";
import { expect, test } from "vitest";
import { fixtureBytes } from "../testing/fixtures.ts";
import { openSharded } from "../safetensors/sharded.ts";
import { writeSafetensors } from "../safetensors/write.ts";
import { fromPyTorch } from "./fromPyTorch.ts";
import { torchFixture } from "./testing/torch.ts";
import { toPyTorch } from "./toPyTorch.ts";

const weight = (...shape: number[]): HostArray => ({
  dtype: "f32",
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i),
});

test("layers made of others take the modules of their parts", async () => {
  const text = sequential([tokenAndPositionEmbedding({ vocabularySize: 7, sequenceLength: 5, embeddingDim: 3, name: "words" })]);
  const state = { "tok.weight": weight(7, 3), "words.positionEmbedding.weight": weight(5, 3) };
  const made = await fromPyTorch(text, state, { layers: { "words.tokenEmbedding": "tok" }, shape: [5] });
  expect(made.saved?.weights["words.tokenEmbedding.embeddings"]).toEqual(state["tok.weight"]);
  expect(await toPyTorch(made, { layers: { "words.tokenEmbedding": "tok" } })).toEqual(state);

  const [x, memory] = [input({ shape: [4, 3] }), input({ shape: [6, 2] })];
  const decoding = model({
    inputs: { x, memory },
    outputs: attentionDecoder(gru({ units: 4 }), { score: "dot", attends: "after", name: "decoder" })(x, {
      memory: dense({ units: 4, name: "keys" })(memory),
    }),
  });
  const modules = {
    ...{ "cell.weight_ih": weight(12, 3), "cell.weight_hh": weight(12, 4), "cell.bias_ih": weight(12), "cell.bias_hh": weight(12) },
    ...{ "combine.weight": weight(4, 8), "keys.weight": weight(4, 2), "keys.bias": weight(4) },
  };
  const layers = { "decoder.cell": "cell", decoder: { parameters: { attentional: { name: "combine.weight", transpose: true } } } };
  const decoder = await fromPyTorch(decoding, modules, { layers });
  expect(decoder.saved?.weights["decoder.attentional"]?.data[1]).toBe(8);
  expect(
    Object.keys(await toPyTorch(decoder, { layers: { ...layers, "decoder.cell": { module: "cell", cell: true } } })).toSorted(),
  ).toEqual(Object.keys(modules).toSorted());
});

test("a layer of one's own by a kind that is known, with other weights, is refused", async () => {
  const own = layer({
    kind: "dense",
    config: { name: "own" },
    build: (input: Spec) => ({ output: input, weights: { gain: { axes: { features: 3 }, init: "ones" } }, apply: (w, x) => x.mul(w.gain) }),
  });
  const made = sequential([own]).withWeights({ own: { gain: weight(3) } }, [3]);
  await expect(toPyTorch(made)).rejects.toMatchObject({
    code: "UNSUPPORTED",
    facts: { unsupported: ["own (Linear): there is no counterpart of its weight gain", "own (Linear): it has no weight kernel"] },
  });
  const layers = { own: { parameters: { gain: "scale" } } };
  expect(await toPyTorch(made, { layers })).toEqual({ scale: weight(3) });
});

test("a misspelt layer does not compile where the model's type tells their names", async () => {
  const named = sequential([input({ shape: [5, 3] }), lstm({ units: 4, name: "rnn" })]);
  const { file } = await torchFixture("lstm");
  // @ts-expect-error -- there is no layer "lstm"
  const options = await fromPyTorch(named, file, { layers: { lstm: "" } }).catch((error: unknown) => error);
  expect(options).toMatchObject({ code: "INVALID_ARGUMENT" });
});

test("a set of files, and one with fewer bits, are state dicts too", async () => {
  const { tensors } = await torchFixture("lstm");
  const small = writeSafetensors(tensors, { dtype: "f16" });
  const parts: Readonly<Record<string, Uint8Array>> = {
    a: writeSafetensors({ weight_ih_l0: tensors["weight_ih_l0"]!, weight_hh_l0: tensors["weight_hh_l0"]! }),
    b: writeSafetensors({ bias_ih_l0: tensors["bias_ih_l0"]!, bias_hh_l0: tensors["bias_hh_l0"]! }),
  };
  const index = { weight_map: { weight_ih_l0: "a", weight_hh_l0: "a", bias_ih_l0: "b", bias_hh_l0: "b" } };
  const set = await openSharded(JSON.stringify(index), (name) => parts[name]!);
  const plain = sequential([input({ shape: [5, 3] }), lstm({ units: 4 })]);
  const made = await fromPyTorch(plain, set, { layers: { lstm: "" } });
  expect(made.saved?.weights).toEqual((await fromPyTorch(plain, tensors, { layers: { lstm: "" } })).saved?.weights);
  const shrunk = await fromPyTorch(
    plain,
    await openSharded('{"weight_map":{"weight_ih_l0":"a","weight_hh_l0":"a","bias_ih_l0":"a","bias_hh_l0":"a"}}', () => small),
    { layers: { lstm: "" } },
  );
  for (const [name, { data }] of Object.entries(shrunk.saved?.weights ?? {}))
    for (const [i, value] of data.entries()) expect(value).toBeCloseTo(made.saved?.weights[name]?.data[i] ?? NaN, 3);
  expect(fixtureBytes("torch/lstm.safetensors").length).toBeGreaterThan(small.length);
});
