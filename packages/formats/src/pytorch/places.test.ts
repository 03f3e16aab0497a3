// Which tensors a layer takes, and what is refused.
import { mgu, type HostArray } from "@sluice/core";
import { open } from "@sluice/cpu";
import {
  batchNormalization,
  bidirectional,
  dense,
  gru,
  input,
  lstm,
  model as modelOf,
  multiHeadAttention,
  positionEmbedding,
  recurrent,
  sequential,
  simpleRNN,
  timeDistributed,
} from "@sluice/nn";
import { afterAll, describe, expect, test } from "vitest";
import { openSafetensors } from "../safetensors/file.ts";
import { writeSafetensors } from "../safetensors/write.ts";
import { fixtureBytes } from "../testing/fixtures.ts";
import { fromPyTorch } from "./fromPyTorch.ts";
import { toPyTorch } from "./toPyTorch.ts";
import { torchModule } from "./testing/torch.ts";

const backend = await open();
afterAll(() => backend.close());

describe("which module a layer is", () => {
  const weight = (...shape: number[]): HostArray => ({
    dtype: "f32",
    shape,
    data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i),
  });
  const linear = (name: string, out: number, into: number) => ({ [`${name}.weight`]: weight(out, into), [`${name}.bias`]: weight(out) });
  const refusal = async (made: Promise<unknown>): Promise<unknown> => made.then(() => "made", (error: unknown) => error); // prettier-ignore

  test("follows from its name, from the layer around it, and from what is said of it", async () => {
    const encoder = sequential([dense({ units: 3, name: "first" }), dense({ units: 2 })], { name: "encoder" });
    const outer = sequential([encoder, timeDistributed(dense({ units: 2 }), { name: "each" }), dense({ units: 2, name: "own" })]);
    const state = { ...linear("enc.first", 3, 4), ...linear("other", 2, 3), ...linear("each", 2, 2), ...linear("deep.down", 2, 2) };
    const made = await fromPyTorch(outer, state, {
      layers: { encoder: "enc", "encoder.dense": "other", own: { module: "deep.down" } },
      shape: [5, 4],
    });
    using trainer = await made.compile({ backend });
    const weights = (await trainer.weights()) as unknown as Readonly<Record<string, Readonly<Record<string, HostArray>>>>; // nested
    expect([...(weights["own"]?.["kernel"]?.data ?? [])]).toEqual([0, 2, 1, 3]);
    expect([...(weights["each"]?.["bias"]?.data ?? [])]).toEqual([0, 1]);
    const back = await toPyTorch(trainer, { layers: { encoder: "enc", "encoder.dense": "other", own: "deep.down" } });
    expect(sorted(back)).toEqual(sorted(state));
  });

  test("lies below what all names begin with", async () => {
    const model = sequential([dense({ units: 3, name: "fc" })]);
    const state = { ...linear("model.fc", 3, 4), "ema.fc.weight": weight(3, 4), "model.step": weight() };
    const made = await fromPyTorch(model, state, { prefix: "model", ignore: [/^ema\./, "model.step"], shape: [4] });
    expect(sorted(await toPyTorch(made, { prefix: "model" }))).toEqual(sorted(linear("model.fc", 3, 4)));
    expect(await refusal(fromPyTorch(model, state, { prefix: "model", shape: [4] }))).toMatchObject({
      facts: { surplus: ["model.step", "ema.fc.weight"] },
    });
  });

  test("is told one tensor at a time where PyTorch has no such module", async () => {
    const layers = sequential([
      positionEmbedding({ sequenceLength: 5, name: "place" }),
      recurrent(mgu())({ units: 2, name: "unit" }),
      dense({ units: 1, useBias: false, name: "out" }),
    ]);
    const state = {
      pos: weight(1, 5, 3),
      "unit.wi": weight(4, 3),
      "unit.wh": weight(2, 4),
      "unit.b": weight(4),
      "out.weight": weight(1, 2),
    };
    const places = {
      place: { parameters: { embeddings: { name: "pos", shape: [1, 5, 3] } } },
      unit: { parameters: { wx: { name: "unit.wi", transpose: true }, wh: "unit.wh", b: "unit.b" } },
    };
    const made = await fromPyTorch(layers, state, { layers: places, shape: [5, 3] });
    expect([...(made.saved?.weights["unit.wx"]?.data ?? [])]).toEqual([0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11]);
    expect(sorted(await toPyTorch(made, { layers: places }))).toEqual(sorted(state));
    const error = await refusal(
      fromPyTorch(layers, state, {
        layers: { place: { parameters: { rows: "pos" } }, unit: { parameters: { wx: "unit.wi" } } },
        shape: [5, 3],
      }),
    );
    expect(error).toMatchObject({
      code: "UNSUPPORTED",
      facts: {
        unsupported: [
          "place (parameters): parameters does not name its weight embeddings",
          "place (parameters): parameters names rows, it has embeddings",
          "unit (parameters): parameters does not name its weight wh",
          "unit (parameters): parameters does not name its weight b",
        ],
      },
    });
  });

  test("is never guessed: what would fit is said, and everything that is wrong at once", async () => {
    const model = sequential([dense({ units: 3 }), dense({ units: 2 }), lstm({ units: 2, peepholes: true, cellClip: 3 })]);
    const state = { ...linear("fc", 3, 4), ...linear("head", 2, 3), "dense_1.weight": weight(2, 4), step: weight(), "rnn.pe": weight(1) };
    expect(await refusal(fromPyTorch(model, state, { layers: { dens: "fc" } as never, ignore: [/\.pe$/g], shape: [5, 4] }))).toMatchObject({
      code: "UNSUPPORTED",
      message: expect.stringContaining("PyTorch does not have"),
      facts: {
        unsupported: ["lstm (LSTM): peepholes: true", "lstm (LSTM): cellClip: 3", "lstm (LSTM): there is no counterpart of its weight wc"],
        unplaced: [
          'there is no layer with weights "dens" (Did you mean dense?)',
          'dense (Linear, of no "dense": "fc" would fit)',
          'lstm (LSTM, of no "lstm")',
        ],
        missing: ["dense_1.bias"],
        surplus: ["fc.weight", "fc.bias", "head.weight", "head.bias", "step"],
        misfits: ["dense_1.weight is [2, 4], not [2, 3]"],
      },
    });
  });

  test("is settled before any tensor is read", async () => {
    const bytes = writeSafetensors({ ...linear("fc", 3, 4), ...linear("head", 2, 3) });
    const asked: number[] = [];
    const read = (from: number, to: number) => {
      asked.push(to);
      return bytes.subarray(from, to);
    };
    const file = await openSafetensors({ length: bytes.length, read }),
      header = asked.length;
    const model = sequential([dense({ units: 3, name: "fc" })]);
    expect(await refusal(fromPyTorch(model, file, { shape: [4] }))).toMatchObject({ facts: { surplus: ["head.weight", "head.bias"] } });
    expect(asked.length).toBe(header);
    await fromPyTorch(model, file, { ignore: [/^head/], shape: [4] });
    expect(asked.length).toBe(header + 2); // and what is left stays where it is
  });

  test("cannot be another function than PyTorch's, nor have what it lacks", async () => {
    const layers = {
      'gru (GRU): reset: "before"': gru({ units: 2, reset: "before" }),
      "gru (GRU): resetAfter: false": gru({ units: 2, resetAfter: false }),
      'gru (GRU): update: "replaces"': gru({ units: 2, update: "replaces" }),
      'lstm (LSTM): activation: "relu"': lstm({ units: 2, activation: "relu" }),
      'lstm (LSTM): recurrentActivation: "hardSigmoid"': lstm({ units: 2, recurrentActivation: "hardSigmoid" }),
      "lstm (LSTM): coupled: true": lstm({ units: 2, coupled: true }),
      'lstm (LSTM): initialState: "learnt"': lstm({ units: 2, initialState: "learnt" }),
      'simpleRNN (RNN): activation: "sigmoid"': simpleRNN({ units: 2, activation: "sigmoid" }),
      "bidirectional (LSTM(bidirectional=True)): layerNorm: true": bidirectional(lstm({ units: 2, layerNorm: true })),
      'bidirectional (bidirectional): the layer inside is of kind "mgu"': bidirectional(recurrent(mgu())({ units: 2 })),
      "multiHeadAttention (MultiheadAttention): rotary: true": multiHeadAttention({ numHeads: 2, rotary: true }),
      "multiHeadAttention (MultiheadAttention): softCap: 3": multiHeadAttention({ numHeads: 2, softCap: 3 }),
      "multiHeadAttention (MultiheadAttention): keyDim, valueDim, outputDim, numKeyValueHeads: its heads share the embedding's size evenly, and so is its output":
        multiHeadAttention({ numHeads: 2, keyDim: 3 }),
      "batchNormalization (BatchNorm1d): center and scale: it has both or neither (affine)": batchNormalization({ center: false }),
    };
    for (const [reason, layer] of Object.entries(layers)) {
      expect(await refusal(fromPyTorch(sequential([layer as ReturnType<typeof lstm>]), {}, { shape: [5, 4] }))).toMatchObject({
        code: "UNSUPPORTED",
        facts: { unsupported: expect.arrayContaining([reason]) },
      });
    }
  });

  test("has tensors of its own shapes and types, no learnt key and value, and is taken by one layer", async () => {
    const model = sequential([dense({ units: 3, name: "fc" })]);
    expect(await refusal(fromPyTorch(model, linear("fc", 4, 3), { shape: [4] }))).toMatchObject({
      code: "SHAPE_MISMATCH",
      facts: { misfits: ["fc.weight is [4, 3], not [3, 4]", "fc.bias is [4], not [3]"] },
    });
    const whole = { ...linear("fc", 3, 4), "fc.bias": { dtype: "i32", shape: [3], data: new Int32Array(3) } } as const;
    expect(await refusal(fromPyTorch(model, whole, { shape: [4] }))).toMatchObject({
      code: "SHAPE_MISMATCH",
      facts: { misfits: ["fc.bias holds no floating numbers"] },
    });
    const odd = await openSafetensors(fixtureBytes("safetensors/unreadable.safetensors"));
    const lines = { parameters: { kernel: { name: "complex", shape: [1] } } } as const;
    const one = sequential([dense({ units: 1, useBias: false, name: "fc" })]);
    expect(await refusal(fromPyTorch(one, odd, { layers: { fc: lines }, ignore: [/[^x]$/], shape: [1] }))).toMatchObject({
      facts: { misfits: ["complex is of type C64, which none here holds"] },
    });
    const twice = sequential([dense({ units: 4 }), dense({ units: 4 })]);
    expect(await refusal(fromPyTorch(twice, linear("fc", 4, 4), { layers: { dense: "fc", dense_1: "fc" }, shape: [4] }))).toMatchObject({
      facts: { unplaced: ["fc.weight is of both dense and dense_1", "fc.bias is of both dense and dense_1"] },
    });
    const { tensors } = await torchModule("kdim");
    const [query, value] = [input({ shape: [3, 8] }), input({ shape: [4, 8] })];
    const looking = fromPyTorch(
      modelOf({ inputs: { query, value }, outputs: multiHeadAttention({ numHeads: 2, name: "kdim" })(query, { value }) }),
      { ...tensors, "kdim.bias_k": weight(1, 1, 8), "kdim.bias_v": weight(1, 1, 8) },
    );
    expect(await refusal(looking)).toMatchObject({
      code: "UNSUPPORTED",
      facts: { unsupported: ["kdim: kdim.bias_k and bias_v, a key and a value that are learnt (add_bias_kv)"] },
    });
    const nan = { ...linear("fc", 3, 4), "fc.bias": { dtype: "f32", shape: [3], data: Float32Array.of(0, NaN, 0) } } as const;
    expect(await refusal(fromPyTorch(model, nan, { shape: [4] }))).toMatchObject({ code: "NOT_FINITE" });
    const mixed = { ...linear("fc", 3, 4), "fc.bias": { dtype: "f64", shape: [3], data: Float64Array.of(0, 1 / 3, 0) } } as const;
    const made = await fromPyTorch(model, mixed, { shape: [4] });
    expect(Object.values(made.saved?.weights ?? {}).map(({ dtype }) => dtype)).toEqual(["f64", "f64"]);
    expect(made.saved?.weights["fc.bias"]?.data[1]).toBe(1 / 3);
  });

  test("stands in a state dict, not in bytes, and options are what they are", async () => {
    const model = sequential([dense({ units: 3, name: "fc" })]);
    const state = linear("fc", 3, 4);
    expect(await refusal(fromPyTorch(model, new TextEncoder().encode("PK\u0003\u0004....") as never))).toMatchObject({
      code: "FILE_FOREIGN",
      message: expect.stringContaining("torch.load"),
    });
    for (const [dict, options] of [
      [new Uint8Array(9), {}],
      [null, {}],
      [[], {}],
      [{ "fc.weight": [1] }, {}],
      [{ "fc.weight": { ...weight(3, 4), shape: [3, 3] } }, {}],
      [state, { layer: {} }],
      [state, { layers: [] }],
      [state, { layers: { fc: 7 } }],
      [state, { layers: { fc: { module: "fc", layer: -1 } } }],
      [state, { layers: { fc: { module: "fc", layers: 1 } } }],
      [state, { layers: { fc: { parameters: { kernel: { name: 1 } } } } }],
      [state, { ignore: "fc.bias" }],
      [state, { ignore: [7] }],
      [state, {}], // no sample's shape is known
    ] as const)
      expect(await refusal(fromPyTorch(model, dict as never, options as never))).toMatchObject({ code: "INVALID_ARGUMENT" });
    expect(await refusal(fromPyTorch({} as never, state))).toMatchObject({ code: "INVALID_ARGUMENT" });
    expect(await refusal(toPyTorch(model))).toMatchObject({ code: "INVALID_ARGUMENT", message: expect.stringContaining("no weights yet") });
    expect(await refusal(toPyTorch(7 as never))).toMatchObject({ code: "INVALID_ARGUMENT" });
    const made = await fromPyTorch(model, state, { shape: [4] });
    expect(await refusal(toPyTorch(made, { layers: { fd: "x" } as never }))).toMatchObject({
      facts: { unplaced: ['there is no layer with weights "fd" (Did you mean fc?)'] },
    });
  });
});

function sorted(state: Readonly<Record<string, HostArray>>): readonly (readonly [string, HostArray])[] {
  return Object.entries(state).toSorted(([a], [b]) => (a < b ? -1 : 1));
}
