import {
  bidirectional,
  compile,
  conv1d,
  conv1dTranspose,
  gru,
  layerNormalization,
  lstm,
  multiHeadAttention,
  recurrence,
  rnn,
  rmsNormalization,
  stack,
  stacked,
  toHost,
  sqrt,
  type HostArray,
  type NDArray,
  type Tensor,
} from "@sluice/core";
import { open } from "@sluice/cpu";
import { afterAll, describe, expect, test } from "vitest";
import { beyond, hosted, torchFixture, torchModule } from "./testing/torch.ts";
import { torchModules } from "./torchModules.ts";

const backend = await open();
afterAll(() => backend.close());

/** The numbers of what a run gives. */
function read(results: readonly NDArray[]): Promise<readonly HostArray[]> {
  return Promise.all(results.map((each) => toHost(each)));
}

describe("each fixture as core's cells and attention", () => {
  test("lstm", async () => {
    const { tensors, inputs, outputs } = await torchFixture("lstm");
    const cells = recurrence(lstm());
    const compiled = compile(backend, (w: Parameters<typeof cells.run>[0], x: Tensor) => {
      const { outputs, state } = cells.run(w, x);
      return [outputs, state.h.expand(0), state.c.expand(0)];
    });
    expect(beyond(await read(await compiled(torchModules.lstm(tensors), hosted(inputs[0]!))), outputs)).toEqual([]);
  });

  test("lstm-2-bidirectional", async () => {
    const { tensors, inputs, outputs } = await torchFixture("lstm-2-bidirectional");
    const weights = torchModules.lstm(tensors, { numLayers: 2, bidirectional: true });
    const layers = stacked([bidirectional(lstm()), bidirectional(lstm())]);
    const compiled = compile(backend, (w: Parameters<typeof layers.run>[0], x: Tensor) => {
      const { outputs, state } = layers.run(w, x);
      const states = state.flatMap(({ forward, backward }) => [forward, backward]);
      return [outputs, stack(states.map(({ h }) => h)), stack(states.map(({ c }) => c))];
    });
    expect(beyond(await read(await compiled(weights, hosted(inputs[0]!))), outputs)).toEqual([]); // types fit without a cast
  });

  test("lstm-projection, and two layers of it both ways", async () => {
    const { tensors, inputs, outputs } = await torchFixture("lstm-projection");
    const one = recurrence(lstm({ projection: 2 }));
    const compiled = compile(backend, (w: Parameters<typeof one.run>[0], x: Tensor) => {
      const { outputs, state } = one.run(w, x);
      return [outputs, state.h.expand(0), state.c.expand(0)];
    });
    expect(beyond(await read(await compiled(torchModules.lstm(tensors, { projection: true }), hosted(inputs[0]!))), outputs)).toEqual([]);
    const more = await torchModule("lstmProjection");
    const both = stacked([bidirectional(lstm({ projection: 2 })), bidirectional(lstm({ projection: 2 }))]);
    const compiledBoth = compile(backend, (w: Parameters<typeof both.run>[0], x: Tensor) => {
      const { outputs, state } = both.run(w, x);
      const states = state.flatMap(({ forward, backward }) => [forward, backward]);
      return [outputs, stack(states.map(({ h }) => h)), stack(states.map(({ c }) => c))];
    });
    const weights = torchModules.lstm(more.tensors, { prefix: "lstmProjection", numLayers: 2, bidirectional: true, projection: true });
    expect(beyond(await read(await compiledBoth(weights, hosted(more.inputs[0]!))), more.outputs)).toEqual([]);
  });

  test("lstm-cell, gruCell and rnnCell, a step from zeros", async () => {
    const { tensors, inputs, outputs } = await torchFixture("lstm-cell");
    const long = recurrence(lstm()),
      gated = recurrence(gru()),
      plain = recurrence(rnn({ activation: "relu" }));
    const step = compile(backend, (w: Parameters<typeof long.run>[0], x: Tensor) => {
      const { state } = long.run(w, x.expand(1));
      return [state.h, state.c];
    });
    expect(beyond(await read(await step(torchModules.lstmCell(tensors), hosted(inputs[0]!))), outputs)).toEqual([]);
    const g = await torchModule("gruCell");
    const gatedStep = compile(backend, (w: Parameters<typeof gated.run>[0], x: Tensor) => [gated.run(w, x.expand(1)).last]);
    expect(
      beyond(await read(await gatedStep(torchModules.gruCell(g.tensors, { prefix: "gruCell" }), hosted(g.inputs[0]!))), g.outputs),
    ).toEqual([]);
    const r = await torchModule("rnnCell");
    const plainStep = compile(backend, (w: Parameters<typeof plain.run>[0], x: Tensor) => [plain.run(w, x.expand(1)).last]);
    expect(
      beyond(await read(await plainStep(torchModules.rnnCell(r.tensors, { prefix: "rnnCell" }), hosted(r.inputs[0]!))), r.outputs),
    ).toEqual([]);
  });

  test("gru, gru-no-bias, two layers, and both ways by the time", async () => {
    const { tensors, inputs, outputs } = await torchFixture("gru");
    const single = recurrence(gru());
    const compiled = compile(backend, (w: Parameters<typeof single.run>[0], x: Tensor) => {
      const { outputs, state } = single.run(w, x);
      return [outputs, state.h.expand(0)];
    });
    expect(beyond(await read(await compiled(torchModules.gru(tensors), hosted(inputs[0]!))), outputs)).toEqual([]);

    const bare = await torchFixture("gru-no-bias"),
      unbiased = recurrence(gru({ useBias: false }));
    const compiledBare = compile(backend, (w: Parameters<typeof unbiased.run>[0], x: Tensor) => {
      const { outputs, state } = unbiased.run(w, x);
      return [outputs, state.h.expand(0)];
    });
    expect(
      beyond(await read(await compiledBare(torchModules.gru(bare.tensors, { bias: false }), hosted(bare.inputs[0]!))), bare.outputs),
    ).toEqual([]);

    const timed = await torchFixture("gru-bidirectional-time-major"),
      ways = bidirectional(gru());
    const compiledTimed = compile(backend, (w: Parameters<typeof ways.run>[0], x: Tensor) => {
      const { outputs, state } = ways.run(w, x, { timeMajor: true });
      return [outputs, stack([state.forward.h, state.backward.h])];
    });
    expect(
      beyond(
        await read(await compiledTimed(torchModules.gru(timed.tensors, { bidirectional: true }), hosted(timed.inputs[0]!))),
        timed.outputs,
      ),
    ).toEqual([]);

    const two = await torchModule("gru"),
      both = stacked([recurrence(gru()), recurrence(gru())]);
    const compiledTwo = compile(backend, (w: Parameters<typeof both.run>[0], x: Tensor) => {
      const { outputs, state } = both.run(w, x);
      return [outputs, stack(state.map(({ h }) => h))];
    });
    expect(
      beyond(
        await read(await compiledTwo(torchModules.gru(two.tensors, { prefix: "gru", numLayers: 2 }), hosted(two.inputs[0]!))),
        two.outputs,
      ),
    ).toEqual([]);
  });

  test("rnn-relu, and two layers of tanh both ways", async () => {
    const { tensors, inputs, outputs } = await torchFixture("rnn-relu"),
      one = recurrence(rnn({ activation: "relu" }));
    const compiled = compile(backend, (w: Parameters<typeof one.run>[0], x: Tensor) => {
      const { outputs, state } = one.run(w, x);
      return [outputs, state.h.expand(0)];
    });
    expect(beyond(await read(await compiled(torchModules.rnn(tensors), hosted(inputs[0]!))), outputs)).toEqual([]);
    const two = await torchModule("rnn"),
      both = stacked([bidirectional(rnn()), bidirectional(rnn())]);
    const compiledTwo = compile(backend, (w: Parameters<typeof both.run>[0], x: Tensor) => {
      const { outputs, state } = both.run(w, x);
      return [outputs, stack(state.flatMap(({ forward, backward }) => [forward.h, backward.h]))];
    });
    const weights = torchModules.rnn(two.tensors, { prefix: "rnn", numLayers: 2, bidirectional: true });
    expect(beyond(await read(await compiledTwo(weights, hosted(two.inputs[0]!))), two.outputs)).toEqual([]);
  });

  test("multihead, with keys and values of other sizes, and without biases", async () => {
    const { tensors, inputs, outputs } = await torchFixture("multihead"),
      heads = multiHeadAttention({ heads: 2 });
    const compiled = compile(backend, (w: Parameters<typeof heads.run>[0], x: Tensor) => [heads.run(w, { query: x }).output]);
    expect(
      beyond(await read(await compiled(torchModules.multiheadAttention(tensors, { prefix: "mha" }), hosted(inputs[0]!))), outputs),
    ).toEqual([]);
    const other = await torchModule("kdim");
    const looking = compile(backend, (w: Parameters<typeof heads.run>[0], query: Tensor, key: Tensor, value: Tensor) => [
      heads.run(w, { query, key, value }).output,
    ]);
    const [q, k, v] = other.inputs.map(hosted);
    expect(
      beyond(await read(await looking(torchModules.multiheadAttention(other.tensors, { prefix: "kdim" }), q!, k!, v!)), other.outputs),
    ).toEqual([]);
    const bare = await torchModule("unbiased"),
      four = multiHeadAttention({ heads: 4, useBias: false });
    const plain = compile(backend, (w: Parameters<typeof four.run>[0], query: Tensor, key: Tensor) => [four.run(w, { query, key }).output]);
    const [query, key] = bare.inputs.map(hosted);
    expect(
      beyond(
        await read(await plain(torchModules.multiheadAttention(bare.tensors, { prefix: "unbiased", bias: false }), query!, key!)),
        bare.outputs,
      ),
    ).toEqual([]);
  });

  test("convolutions and norms", async () => {
    const named = async (name: string) => {
      const { tensors, inputs, outputs } = await torchModule(name);
      return { tensors, x: hosted(inputs[0]!), outputs, at: { prefix: name } }; // of one input
    };
    const conv = await named("conv");
    const strided = compile(backend, ({ kernel, bias }: { kernel: Tensor; bias: Tensor }, x: Tensor) => [
      conv1d(x, kernel, { stride: 2, dilation: 2, groups: 2 }).add(bias),
    ]);
    expect(beyond(await read(await strided(torchModules.conv1d(conv.tensors, conv.at), conv.x)), conv.outputs)).toEqual([]);
    const up = await named("transposed");
    const wider = compile(backend, ({ kernel, bias }: { kernel: Tensor; bias: Tensor }, x: Tensor) => [
      conv1dTranspose(x, kernel, { stride: 2 }).add(bias),
    ]);
    expect(beyond(await read(await wider(torchModules.convTranspose1d(up.tensors, up.at), up.x)), up.outputs)).toEqual([]);
    const ln = await named("layerNorm");
    const normed = compile(backend, ({ gamma }: { gamma: Tensor }, x: Tensor) => [layerNormalization(x, { gain: gamma, epsilon: 1e-5 })]);
    expect(beyond(await read(await normed(torchModules.layerNorm(ln.tensors, { ...ln.at, bias: false }), ln.x)), ln.outputs)).toEqual([]);
    const rms = await named("rmsNorm");
    const scaled = compile(backend, ({ gamma }: { gamma: Tensor }, x: Tensor) => [rmsNormalization(x, { gain: gamma, epsilon: 1e-6 })]);
    expect(beyond(await read(await scaled(torchModules.rmsNorm(rms.tensors, rms.at), rms.x)), rms.outputs)).toEqual([]);
    const bn = await named("batchNorm");
    const moving = compile(backend, (w: Record<"gamma" | "beta" | "movingMean" | "movingVariance", Tensor>, x: Tensor) => [
      x
        .sub(w.movingMean)
        .div(sqrt(w.movingVariance.add(1e-5)))
        .mul(w.gamma)
        .add(w.beta),
    ]);
    expect(beyond(await read(await moving(torchModules.batchNorm1d(bn.tensors, bn.at), bn.x)), bn.outputs)).toEqual([]);
  });
});

test("blocks, tables and linear maps have the names that nn's layers have", async () => {
  const { tensors } = await torchFixture("transformer-encoder");
  const block = torchModules.transformerEncoderLayer(tensors, { prefix: "layers.0" });
  expect(block.selfAttention.wq.shape).toEqual([8, 8]);
  expect(block.feedforwardIntermediate.kernel.shape).toEqual([8, 16]);
  expect(Object.keys(block).toSorted()).toEqual([
    "feedforwardIntermediate",
    "feedforwardNorm",
    "feedforwardOutput",
    "selfAttention",
    "selfAttentionNorm",
  ]);
  const decoder = torchModules.transformerDecoderLayer((await torchModule("decoder")).tensors, { prefix: "decoder" });
  expect([decoder.crossAttention.wk.shape, decoder.crossAttentionNorm.beta.shape]).toEqual([[8, 8], [8]]);
  const tagger = await torchFixture("tagger");
  expect(torchModules.embedding(tagger.tensors, { prefix: "embedding" }).embeddings).toEqual(tagger.tensors["embedding.weight"]);
  const head = torchModules.linear(tagger.tensors, { prefix: "head" });
  expect([head.kernel.shape, head.bias.shape]).toEqual([[8, 3], [3]]);
  expect(torchModules.layerNorm(tagger.tensors, { prefix: "norm" }).gamma).toEqual(tagger.tensors["norm.weight"]);
  expect(torchModules.groupNorm((await torchModule("groupNorm")).tensors, { prefix: "groupNorm" }).beta.shape).toEqual([4]);
});

test("what does not fit the options is named whole", async () => {
  const { tensors } = await torchFixture("lstm-2-bidirectional");
  const refused = (make: () => unknown): unknown => {
    try {
      return make();
    } catch (error) {
      return error;
    }
  };
  const reversed = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"].flatMap((name) => [`${name}_l0_reverse`, `${name}_l1_reverse`]);
  expect(refused(() => torchModules.lstm(tensors, { numLayers: 2 }))).toMatchObject({
    code: "INVALID_ARGUMENT",
    facts: { surplus: expect.arrayContaining(reversed), missing: [] },
  });
  expect(refused(() => torchModules.lstm(tensors, { numLayers: 3, bidirectional: true }))).toMatchObject({
    code: "INVALID_ARGUMENT",
    facts: { missing: expect.arrayContaining(["weight_ih_l2", "bias_hh_l2_reverse"]), surplus: [] },
  });
  expect(refused(() => torchModules.gru(tensors, { numLayers: 2, bidirectional: true }))).toMatchObject({ code: "SHAPE_MISMATCH" });
  expect(refused(() => torchModules.lstm(tensors, { numLayers: 2, bidirectional: true, projection: true }))).toMatchObject({
    facts: { missing: expect.arrayContaining(["weight_hr_l0"]) },
  });
  const { tensors: kdim } = await torchModule("kdim");
  const key = { dtype: "f32", shape: [1, 1, 8], data: new Float32Array(8) } as const;
  expect(
    refused(() => torchModules.multiheadAttention({ ...kdim, "kdim.bias_k": key, "kdim.bias_v": key }, { prefix: "kdim" })),
  ).toMatchObject({
    facts: { surplus: ["kdim.bias_k", "kdim.bias_v"] },
  });
  for (const make of [
    () => torchModules.lstm(tensors, { layers: 2 } as never),
    () => torchModules.lstm(tensors, { numLayers: 0 }),
    () => torchModules.gru(tensors, { projection: true } as never),
    () => torchModules.linear({ weight: 7 } as never),
    () => torchModules.linear(null as never),
    () => torchModules.linear({}, { bias: 1 as never }),
  ])
    expect(refused(make)).toMatchObject({ code: "INVALID_ARGUMENT" });
});
