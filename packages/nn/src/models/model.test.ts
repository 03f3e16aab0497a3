import { inspect } from "node:util";
import { open } from "@sluice/core/reference";
import { afterAll, expect, test } from "vitest";
import {
  adam,
  attention,
  bidirectional,
  concatenate,
  dense,
  deserialize,
  embedding,
  flatten,
  gru,
  input,
  layer,
  lstm,
  model,
  reshape,
  sequential,
  serialize,
  sgd,
  timeDistributed,
  type Data,
} from "../index.ts";

const backend = await open();
afterAll(() => backend.close());
const refused = (what: string) => expect.objectContaining({ code: "INVALID_ARGUMENT", message: expect.stringContaining(what) });
const ramp = (samples: number, ...shape: readonly number[]) => {
  const size = shape.reduce((a, b) => a * b, 1);
  return {
    dtype: "f32",
    shape: [samples, ...shape],
    data: Float32Array.from({ length: samples * size }, (_, i) => Math.sin(i + 1) / 2),
  } as const;
};

/** Two heads on one body. */
function weather() {
  const days = input({ shape: [4, 2] });
  const body = gru({ units: 3 })(days);
  const outputs = { tomorrow: dense({ units: 1, name: "head" })(body), rain: dense({ units: 1, activation: "sigmoid" })(body) };
  return model({ inputs: { days }, outputs, name: "weather" });
}
const data = {
  x: { days: ramp(6, 4, 2) },
  y: { tomorrow: ramp(6, 1), rain: [[0], [1], [1], [0], [1], [0]] },
} satisfies Data<"days", "tomorrow" | "rain">;

test("a chain of layers is what sequential makes of it, weight for weight and number for number", async () => {
  const x = input({ shape: [3, 2] });
  const graph = model({ inputs: x, outputs: dense({ units: 1 })(lstm({ units: 4, dropout: 0.3 })(x)) });
  const chain = sequential([lstm({ units: 4, dropout: 0.3 }), dense({ units: 1 })]);
  const options = { backend, optimizer: adam({ learningRate: 0.1 }), loss: "mse", metrics: ["mae"], seed: 3 } as const;
  const [a, b] = [await graph.compile(options), await chain.compile(options)];
  const given = { x: ramp(6, 3, 2), y: ramp(6, 1) };
  const logs = [await a.fit(given, { epochs: 2, batchSize: 4 }), await b.fit(given, { epochs: 2, batchSize: 4 })];
  expect(logs[0]?.epochs.map(({ loss, mae }) => [loss, mae])).toEqual(logs[1]?.epochs.map(({ loss, mae }) => [loss, mae]));
  expect(await a.weights()).toEqual(await b.weights());
  expect(await a.predict(given.x)).toEqual(await b.predict(given.x));
});

test("several outputs are learnt, measured and predicted by name", async () => {
  using trainer = await weather().compile({
    backend,
    optimizer: adam({ learningRate: 0.1 }),
    loss: { tomorrow: "mae", rain: "binaryCrossentropy" },
    lossWeights: { rain: 0.3 },
    metrics: { rain: ["accuracy"] },
    seed: 1,
  });
  const { epochs } = await trainer.fit(data, {
    epochs: 3,
    batchSize: 4,
    validationData: data,
    monitor: "valRainAccuracy",
    restoreBestWeights: true,
  });
  expect(Object.keys(epochs[0]!).toSorted()).toEqual(["epoch", "examplesPerSecond", "loss", "rainAccuracy", "rainLoss", "tomorrowLoss", "valLoss", "valRainAccuracy", "valRainLoss", "valTomorrowLoss"]); // prettier-ignore
  const { loss, tomorrowLoss, rainLoss } = await trainer.evaluate(data, { batchSize: 6 });
  expect(loss).toBeCloseTo(tomorrowLoss + 0.3 * rainLoss, 6);
  const { tomorrow, rain } = await trainer.predict({ days: ramp(2, 4, 2) });
  expect([tomorrow.shape, rain.shape]).toEqual([[2, 1], [2, 1]]); // prettier-ignore
  expect([...rain.data].every((p) => p > 0 && p < 1)).toBe(true); // the activation is the output's
  const errors = Array.from((await trainer.predict(data.x)).tomorrow.data, (v, i) => Math.abs(v - data.y.tomorrow.data[i]!));
  expect(tomorrowLoss).toBeCloseTo(errors.reduce((a, b) => a + b) / 6, 6);
});

test("a fit of several outputs that was cut short goes on from a file as if it had not been", async () => {
  const options = {
    backend,
    optimizer: adam({ learningRate: 0.1 }),
    loss: { tomorrow: "mae", rain: "binaryCrossentropy" },
    seed: 1,
  } as const;
  using whole = await weather().compile(options);
  const { epochs } = await whole.fit(data, { epochs: 2, batchSize: 2 });
  using cut = await weather().compile(options);
  const stop = new AbortController();
  const first = await cut.fit(data, { epochs: 2, batchSize: 2, signal: stop.signal, onProgress: () => stop.abort() });
  const bytes = await serialize(cut, { optimizer: true });
  using resumed = await deserialize<"days", "tomorrow" | "rain">(bytes).compile(options);
  const rest = await resumed.fit(data, { epochs: 2 - first.epochs.length, batchSize: 2 });
  const measures = [...first.epochs, ...rest.epochs].map(({ loss, tomorrowLoss, rainLoss }) => [loss, tomorrowLoss, rainLoss]);
  expect(measures).toEqual(epochs.map(({ loss, tomorrowLoss, rainLoss }) => [loss, tomorrowLoss, rainLoss]));
  expect(await resumed.weights()).toEqual(await whole.weights());
});

test("the gradient of a weighted sum of losses is the weighted sum of gradients", async () => {
  const moved = async (loss: { tomorrow?: "mse"; rain?: "binaryCrossentropy" }, lossWeights: { tomorrow?: number; rain?: number }) => {
    using trainer = await weather().compile({ backend, optimizer: sgd({ learningRate: 1 }), loss, lossWeights, dtype: "f64", seed: 2 });
    const kernel = async () => (await trainer.weights())["gru"]!["wx"]!.data!;
    const before = await kernel();
    await trainer.fit(data, { epochs: 1, batchSize: 6, shuffle: false });
    return (await kernel()).map((v, i) => v - before[i]!);
  };
  const [one, other, both] = [
    await moved({ tomorrow: "mse" }, {}),
    await moved({ rain: "binaryCrossentropy" }, {}),
    await moved({ tomorrow: "mse", rain: "binaryCrossentropy" }, { tomorrow: 2, rain: 0.5 }),
  ];
  both.forEach((v, i) => expect(v).toBeCloseTo(2 * one[i]! + 0.5 * other[i]!, 12));
});

test("a loss reads what lies in front of the activation that it applies itself, and predict gives what stands behind", async () => {
  const given = { x: ramp(6, 2), y: new Int32Array([0, 1, 2, 0, 1, 2]) };
  const options = {
    backend,
    optimizer: sgd({ learningRate: 0.1 }),
    loss: "sparseCategoricalCrossentropy",
    metrics: ["accuracy"],
    seed: 1,
  } as const;
  const [logits, probabilities] = [
    await sequential([dense({ units: 3 })]).compile(options),
    await sequential([dense({ units: 3, activation: "softmax" })]).compile(options),
  ];
  const [a, b] = [await logits.fit(given, { epochs: 3 }), await probabilities.fit(given, { epochs: 3 })];
  expect(a.epochs.map(({ loss, accuracy }) => [loss, accuracy])).toEqual(b.epochs.map(({ loss, accuracy }) => [loss, accuracy]));
  expect(await logits.weights()).toEqual(await probabilities.weights());
  const { data: p } = await probabilities.predict(given.x);
  expect(p[0]! + p[1]! + p[2]!).toBeCloseTo(1, 6);
});

test("a layer that is called twice has one set of weights, and its gradient is the sum of both", async () => {
  const [a, b] = [input({ shape: [2] }), input({ shape: [2] })];
  const shared = dense({ units: 1, useBias: false });
  const siamese = model({ inputs: { a, b }, outputs: { a: shared(a), b: shared(b) } });
  expect(siamese.summary().parameters).toBe(2);
  using trainer = await siamese.compile({ backend, optimizer: sgd({ learningRate: 1 }), loss: { a: "mse", b: "mse" }, dtype: "f64" });
  const [x, y] = [
    { a: [[1, 0]], b: [[0, 2]] },
    { a: [[0]], b: [[0]] },
  ];
  const kernel = async () => [...(await trainer.weights())["dense"]!["kernel"]!.data!];
  const before = await kernel();
  await trainer.fit({ x, y }, { epochs: 1 });
  const after = await kernel();
  expect(after[0]).toBeCloseTo(before[0]! - 2 * before[0]!, 12); // d (w₀)²/dw₀
  expect(after[1]).toBeCloseTo(before[1]! - 8 * before[1]!, 12); // d (2·w₁)²/dw₁
  const wide = input({ shape: [3] });
  const unlike = model({ inputs: { a, wide }, outputs: { a: shared(a), b: shared(wide) } });
  expect(() => unlike.summary()).toThrow(expect.objectContaining({ code: "SHAPE_MISMATCH", who: "dense" }));
});

test("an encoder hands its state and its memory to a decoder; all of it comes back from a file, and trains on with the same bits", async () => {
  const source = input({ dtype: "i32" }),
    target = input({ dtype: "i32" });
  const embed = embedding({ inputDim: 8, outputDim: 4, maskIndex: 0 });
  const memory = lstm({ units: 5, returnSequences: true })(embed(source));
  const decoded = lstm({ units: 5, returnSequences: true, name: "decoder" })(embed(target), { initialState: memory.state });
  const context = attention()(decoded, { value: memory });
  const seq2seq = model({
    inputs: { source, target },
    outputs: { next: dense({ units: 8, activation: "softmax" })(context), alignment: context.scores },
  });
  const tokens = { source: [[1, 2, 3], [4, 5, 0]], target: [[6, 1], [7, 0]] }; // prettier-ignore
  const options = { backend, optimizer: adam(), loss: { next: "sparseCategoricalCrossentropy" }, metrics: { next: ["accuracy"] } } as const;
  using trainer = await seq2seq.compile(options);
  await trainer.fit({ x: tokens, y: { next: tokens.target } }, { epochs: 2 });
  const { next, alignment } = await trainer.predict(tokens);
  expect([next.shape, alignment.shape]).toEqual([[2, 2, 8], [2, 2, 3]]); // prettier-ignore
  expect(alignment.data[8]).toBe(0); // of the second row, whose last source is padding
  const bytes = await serialize(trainer, { optimizer: true });
  const restored = deserialize<"source" | "target", "next" | "alignment">(bytes);
  expect(await serialize(restored, { optimizer: true })).toEqual(bytes);
  using again = await restored.compile(options);
  expect(await again.predict(tokens)).toEqual({ next, alignment });
  for (const each of [trainer, again]) await each.fit({ x: tokens, y: { next: tokens.target } }, { epochs: 2 });
  expect(await again.weights()).toEqual(await trainer.weights());
});

test("a model is a layer of another, with its names, and comes back from a file", async () => {
  const encoder = sequential([bidirectional(gru({ units: 2 })), dense({ units: 3, activation: "tanh" })], { name: "encoder" });
  const [a, b] = [input({ shape: [4, 2] }), input({ shape: [4, 2] })];
  const pair = model({ inputs: { a, b }, outputs: { a: encoder(a), b: encoder(b) } });
  expect(pair.summary().layers.map(({ name, kind }) => [name, kind])).toEqual([["encoder", "model"]]);
  const stack = sequential([encoder, dense({ units: 1 })]);
  expect(Object.keys(stack.build(stack.sample([4, 2])).weights)).toEqual(["encoder", "dense"]);
  const options = { backend, optimizer: adam(), loss: "mse", seed: 4 } as const;
  using trainer = await stack.compile(options);
  await trainer.fit({ x: ramp(5, 4, 2), y: ramp(5, 1) }, { epochs: 2 });
  expect(Object.keys((await trainer.weights()).encoder)).toEqual(["bidirectional", "dense"]);
  using again = await deserialize(await serialize(trainer)).compile(options);
  expect(await again.predict(ramp(5, 4, 2))).toEqual(await trainer.predict(ramp(5, 4, 2)));
});

test("what makes no graph is refused by name", () => {
  const x = input({ shape: [2] });
  const y = dense({ units: 1 })(x);
  expect(() => model({ inputs: {} as never, outputs: y })).toThrow(refused("inputs must be"));
  expect(() => model({ inputs: { x, other: input() }, outputs: y })).toThrow(refused('nothing reads the input "other"'));
  expect(() => model({ inputs: input(), outputs: y })).toThrow(refused("is not among the inputs"));
  expect(() => model({ inputs: { a: x, b: x }, outputs: y })).toThrow(refused("two inputs are the same value"));
  expect(() => model({ inputs: y, outputs: dense({ units: 1 })(y) })).toThrow(refused("is what a layer gives"));
  expect(() => dense({ units: 1 })([[1]] as never)).toThrow(refused("must be what input(…) or another layer gives"));
  expect(() => dense({ units: 1 })(x, { initialState: x })).toThrow(refused("reads nothing beside x"));
  expect(() => attention()(x, x as never)).toThrow(refused("Call it on x and { key }, or { value }"));
  expect(() => bidirectional(dense({ units: 1 }) as never)).toThrow(refused('got a function "dense"'));
  expect(() => lstm({ units: 1 })(x, { initialStat: { h: x, c: x } } as never)).toThrow(refused("Did you mean initialState?")); // prettier-ignore -- as JavaScript may
  const several = model({ inputs: x, outputs: { y } });
  expect(() => sequential([several as never])).toThrow(refused("gives y, and a sequence has one value"));
});

test("a layer is called on what it reads: one value, a list, or a record by the model's names", () => {
  const [a, b] = [input({ shape: [3, 2] }), input({ shape: [3, 2] })];
  const pair = model({ inputs: { a, b }, outputs: attention()(a, { value: b }), name: "pair" });
  expect(() => dense({ units: 1 })([a, b] as never)).toThrow(refused("x must be one value"));
  expect(() => pair(a as never)).toThrow(refused("x must be a record of a, b"));
  expect(() => pair({ a } as never)).toThrow(refused("x must be a record of a, b"));
  expect(() => pair({ a, c: b } as never)).toThrow(refused("Did you mean a?"));
  expect(() => dense({ units: 1 }).build([] as never, "dense")).toThrow(refused("one value"));
  const x = input({ shape: [3, 2] });
  expect(model({ inputs: x, outputs: pair({ a: x, b: x }) }).summary().parameters).toBe(0);
  expect([inspect(pair), inspect(dense({ units: 1 }))]).toEqual(["model pair: attention", "dense { units }"]);
});

test("losses, targets and inputs of a model with names are asked for by name", async () => {
  const built = weather();
  const options = { backend, optimizer: sgd() };
  await expect(built.compile({ ...options, loss: "mse" as never })).rejects.toThrow(refused("loss says nothing of which"));
  await expect(built.compile({ ...options, loss: { tomorow: "mse" } as never })).rejects.toThrow(refused("Did you mean tomorrow?"));
  await expect(built.compile({ ...options, loss: { rain: "mse" }, metrics: { tomorrow: ["mae"] } })).rejects.toThrow(
    refused("and no loss"),
  );
  using trainer = await built.compile({ ...options, loss: { rain: "mse" } });
  await trainer.fit({ x: data.x, y: { rain: data.y.rain } }, { epochs: 1 });
  await expect(trainer.fit({ x: ramp(6, 4, 2) as never, y: data.y }, { epochs: 1 })).rejects.toThrow(refused("x must be a record of days"));
  await expect(trainer.fit({ x: data.x, y: {} }, { epochs: 1 })).rejects.toThrow(refused("y.rain must be"));
  await expect(trainer.fit({ x: {} as never, y: data.y }, { epochs: 1 })).rejects.toThrow(refused("x.days must be"));
});

test("inputs and outputs may be called what one without a name goes by inside", async () => {
  const [x, y] = [input({ shape: [2] }), input({ shape: [2] })];
  const named = model({ inputs: { y: x, x: y }, outputs: { y: dense({ units: 1 })(x), x: dense({ units: 1 })(y) } });
  using trainer = await named.compile({ backend, optimizer: sgd(), loss: { y: "mse", x: "mae" } });
  const ends = { x: ramp(3, 2), y: ramp(3, 2) };
  const { epochs } = await trainer.fit({ x: ends, y: { x: ramp(3, 1), y: ramp(3, 1) } }, { epochs: 1 });
  expect(epochs[0]!.loss).toBeCloseTo(epochs[0]!.xLoss + epochs[0]!.yLoss, 6);
  expect(Object.keys(await trainer.predict(ends))).toEqual(["y", "x"]);
});

test("a state of another cell is refused as a start, and so are two starts", () => {
  const x = input({ shape: [3, 2] });
  const output = lstm({ units: 4 })(x);
  const { state } = output;
  const built = (y: ReturnType<ReturnType<typeof dense>>) => () => model({ inputs: x, outputs: { y, output } }).summary();
  expect(built(lstm({ units: 3, name: "next" })(x, { initialState: state }))).toThrow(
    expect.objectContaining({ code: "SHAPE_MISMATCH", who: "next" }),
  );
  expect(built(lstm({ units: 4, stateful: true })(x, { initialState: state }))).toThrow(refused("another start"));
  expect(built(gru({ units: 4 })(x, { initialState: { h: state.h } }))).not.toThrow();
});

test("indices of a model inside are read and checked where they enter, by the names of its inputs", async () => {
  const [tokens, numbers] = [input(), input({ shape: [2] })];
  const embedded = flatten()(embedding({ inputDim: 4, outputDim: 2 })(tokens));
  const inner = model({ inputs: { tokens, numbers }, outputs: concatenate()([embedded, numbers]), name: "inner" });
  const [a, b] = [input(), input({ shape: [2] })];
  const outer = model({ inputs: { a, b }, outputs: dense({ units: 1 })(inner({ tokens: a, numbers: b })) });
  expect(outer.indices).toEqual({ a: 4, b: undefined });
  using trainer = await outer.compile({ backend });
  expect((await trainer.predict({ a: [[1, 3]], b: [[1, 2]] })).shape).toEqual([1, 1]);
  await expect(trainer.predict({ a: [[1, 4]], b: [[1, 2]] })).rejects.toThrow(expect.objectContaining({ code: "INDEX_OUT_OF_RANGE" }));
});

test("a loaded model brings its weights along, wherever it stands in another; what a file says of the whole comes before", async () => {
  const body = sequential([input({ shape: [4, 2] }), gru({ units: 3, returnSequences: true })], { name: "body" });
  using first = await body.compile({ backend, seed: 7 });
  const loaded = deserialize(await serialize(first));
  const trained = (await first.weights())["gru"];
  const x = input({ shape: [4, 2] });
  const middle = sequential([loaded, dense({ units: 2 })], { name: "middle" });
  const documents = timeDistributed(loaded, { name: "each" })(reshape({ targetShape: [1, 4, 2] })(x));
  const outer = model({ inputs: x, outputs: { one: loaded(x), two: middle(x), three: documents } });
  using trainer = await outer.compile({ backend, optimizer: sgd(), loss: { two: "mse" } });
  const { body: own, middle: inside, each } = await trainer.weights();
  expect([own?.["gru"], (inside?.["body"] as typeof own)?.["gru"], each?.["gru"]]).toEqual([trained, trained, trained]);
  await trainer.fit({ x: ramp(4, 4, 2), y: { two: ramp(4, 4, 2) } }, { epochs: 1 });
  const again = deserialize<null, "one" | "two" | "three">(await serialize(trainer));
  using next = await again.compile({ backend });
  expect(await next.weights()).toEqual(await trainer.weights());
  const wider = input({ shape: [4, 3] });
  await expect(model({ inputs: wider, outputs: sequential([loaded])(wider) }).compile({ backend })).rejects.toThrow(
    expect.objectContaining({ code: "SHAPE_MISMATCH" }),
  );
});

test("a layer that does not build what it says it gives is refused by its name", () => {
  const x = input({ shape: [2] });
  const empty = layer({
    kind: "empty",
    config: {},
    also: { extra: true },
    build: (spec) => ({ output: spec, weights: {}, apply: (_, t) => t }),
  });
  const { extra } = empty(x) as unknown as { readonly extra: ReturnType<typeof empty> };
  const one = model({ inputs: x, outputs: extra });
  expect(() => one.build(one.sample([2]))).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT", who: "empty" }));
});
