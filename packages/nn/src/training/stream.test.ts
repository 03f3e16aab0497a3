// Step by step equals whole: for every layer that is causal, on every backend.
import type { HostArray } from "@sluice/core";
import { open as openReference } from "@sluice/core/reference";
import { open as openCpu } from "@sluice/cpu";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import {
  alphaDropout,
  attention,
  bidirectional,
  conv1D,
  dense,
  depthwiseConv1D,
  dropout,
  elu,
  embedding,
  gaussianDropout,
  gaussianNoise,
  gru,
  input,
  layerNormalization,
  leakyRelu,
  lstm,
  mgu,
  model,
  groupQueryAttention,
  multiHeadAttention,
  normalization,
  permute,
  positionalEncoding,
  prelu,
  relu,
  rescaling,
  rmsNormalization,
  separableConv1D,
  sequential,
  simpleRNN,
  softmax,
  positionEmbedding,
  transformerDecoder,
  spatialDropout1D,
  unitNormalization,
  type AnyLayer,
} from "../index.ts";

const backends = { reference: await openReference(), cpu: await openCpu() };
afterAll(() => Promise.all(Object.values(backends).map((backend) => backend.close())));
const refused = (what: string) => expect.objectContaining({ code: "INVALID_ARGUMENT", message: expect.stringContaining(what) });
const ramp = (...shape: readonly number[]) => {
  const size = shape.reduce((a, b) => a * b, 1);
  return { dtype: "f64", shape, data: Float64Array.from({ length: size }, (_, i) => Math.sin(1.7 * i + 1)) } as const;
};
/** Step t of x [batch, steps, …]. */
function stepOf({ dtype, shape: [batch = 0, steps = 0, ...row], data }: HostArray, t: number): HostArray {
  const width = row.reduce((a, b) => a * b, 1);
  const rows = Array.from({ length: batch }, (_, b) => Array.from(data.subarray((b * steps + t) * width, (b * steps + t + 1) * width)));
  return { dtype, shape: [batch, ...row], data: dtype === "i32" ? Int32Array.from(rows.flat()) : Float64Array.from(rows.flat()) };
}

const features = 4;
/** Layers of [steps, features] that keep that shape. */
const causal: Readonly<Record<string, () => AnyLayer>> = {
  lstm: () => lstm({ units: features, returnSequences: true, peepholes: true, layerNorm: true }),
  "lstm, learnt start": () => lstm({ units: features, returnSequences: true, initialState: "learnt" }),
  gru: () => gru({ units: features, returnSequences: true, dropout: 0.5 }),
  mgu: () => mgu({ units: features, returnSequences: true, zoneout: 0.2 }),
  simpleRNN: () => simpleRNN({ units: features, returnSequences: true, activation: "relu" }),
  dense: () => dense({ units: features, activation: "tanh" }),
  dropout: () => dropout({ rate: 0.4 }),
  relu: () => relu({ negativeSlope: 0.2, maxValue: 0.8 }),
  leakyRelu: () => leakyRelu(),
  elu: () => elu(),
  prelu: () => prelu({ sharedAxes: [1] }),
  softmax: () => softmax(),
  layerNormalization: () => layerNormalization(),
  rmsNormalization: () => rmsNormalization(),
  positionalEncoding: () => positionalEncoding(),
  "causal convolution": () => conv1D({ filters: features, kernelSize: 3, padding: "causal", activation: "tanh" }),
  "dilated causal convolution": () => conv1D({ filters: features, kernelSize: 2, padding: "causal", dilationRate: 2, groups: 2 }),
  "convolution of one step": () => conv1D({ filters: features, kernelSize: 1 }),
  "causal depthwise convolution": () => depthwiseConv1D({ kernelSize: 2, padding: "causal" }),
  "causal separable convolution": () => separableConv1D({ filters: features, kernelSize: 3, padding: "causal", dilationRate: 3 }),
  unitNormalization: () => unitNormalization(),
  normalization: () => normalization({ mean: [0.5, -0.2, 0, 1], variance: [2, 0.3, 0, 1], invert: true }),
  rescaling: () => rescaling({ scale: [0.5, -0.2, 1, 2], offset: 0.3 }),
  permute: () => permute({ dims: [1, 2] }),
  spatialDropout1D: () => spatialDropout1D({ rate: 0.4 }),
  gaussianNoise: () => gaussianNoise({ stddev: 0.4 }),
  gaussianDropout: () => gaussianDropout({ rate: 0.4 }),
  alphaDropout: () => alphaDropout({ rate: 0.4 }),
  "causal attention": () => attention({ score: "scaledDot", causal: true, residual: true }),
  "additive causal attention": () => attention({ score: "additive", units: 3, causal: true, softCap: 2 }),
  "causal heads that turn": () => multiHeadAttention({ numHeads: 2, causal: true, rotary: true, residual: true }),
  "causal columns as heads, by a score of their own": () =>
    multiHeadAttention({ numHeads: 1, score: "concat", useProjections: false, causal: "start" }),
  "learnt places": () => positionEmbedding({ sequenceLength: 9 }),
  "a causal block": () => transformerDecoder({ intermediateDim: 5, numHeads: 2 }),
  "grouped queries": () => groupQueryAttention({ headDim: 2, numQueryHeads: 2, numKeyValueHeads: 1, causal: true }),
  "causal heads in a group": () => multiHeadAttention({ numHeads: 2, numKeyValueHeads: 1, keyDim: 2, causal: true }),
};

const ends: Readonly<Record<string, () => readonly AnyLayer[]>> = {
  "each step": () => [],
  "the last step": () => [gru({ units: 3 }), dense({ units: 2, activation: "softmax" })],
};

/** The steps of x up to t. */
function upTo(x: HostArray, t: number): HostArray {
  const [batch = 0, , ...row] = x.shape;
  const parts = Array.from({ length: t + 1 }, (_, s) => stepOf(x, s));
  const width = row.reduce((a, b) => a * b, 1);
  const rows = Array.from({ length: batch }, (_, b) => parts.flatMap(({ data }) => Array.from(data.subarray(b * width, (b + 1) * width))));
  return {
    dtype: x.dtype,
    shape: [batch, t + 1, ...row],
    data: x.dtype === "i32" ? Int32Array.from(rows.flat()) : Float64Array.from(rows.flat()),
  };
}

/** Of outputs per step the last. */
const lastOf = (output: HostArray, t: number): HostArray => (output.shape.length === 3 ? stepOf(output, t) : output);

test("each step gives what predict gives of all steps so far, whatever causal layers stand one upon another", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...Object.keys(causal)), { minLength: 1, maxLength: 4 }),
      fc.constantFrom(...Object.keys(ends)),
      fc.constantFrom<keyof typeof backends>("reference", "cpu"),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 4 }),
      async (names, end, on, batch, steps) => {
        const model = sequential([...names.map((name) => causal[name]!()), ...ends[end]!()]);
        using trainer = await model.compile({ backend: backends[on], dtype: on === "reference" ? "f64" : "f32", seed: 3 });
        const x = ramp(batch, steps, features);
        const wholes = [];
        for (let t = steps - 1; t >= 0; t--) wholes.unshift(lastOf(await trainer.predict(upTo(x, t)), t));
        using stream = await trainer.stream({ batch, maxSteps: steps });
        for (const start of ["first", "after a reset"]) {
          for (const [t, whole] of wholes.entries()) {
            const got = await stream.step(stepOf(x, t));
            expect(got.shape).toEqual(whole.shape);
            whole.data.forEach((v, i) => expect(got.data[i], `${start}, step ${t}`).toBeCloseTo(v, on === "reference" ? 9 : 4));
          }
          stream.reset();
        }
      },
    ),
    { numRuns: 40 },
  );
});

test("indices come one by one, and the state can be kept and taken up again", async () => {
  const letters = sequential([embedding({ inputDim: 5, outputDim: 3 }), lstm({ units: 4, returnSequences: true }), dense({ units: 5 })]);
  using trainer = await letters.compile({ backend: backends.cpu });
  const text = { dtype: "i32", shape: [2, 4], data: Int32Array.of(0, 1, 2, 3, 4, 3, 2, 1) } as const;
  const whole = await trainer.predict(text);
  using stream = await trainer.stream({ batch: 2 });
  await stream.step(stepOf(text, 0));
  const state = structuredClone(await stream.state());
  expect(Object.keys(state.arrays)).toEqual(["lstm.h", "lstm.c"]);
  const once = [await stream.step(stepOf(text, 1)), await stream.step([2, 2])];
  stream.setState(state);
  expect(stream.steps).toBe(1);
  expect([await stream.step(stepOf(text, 1)), await stream.step([2, 2])]).toEqual(once);
  once.forEach(({ data }, i) => [...data.subarray(0, 5)].forEach((v, j) => expect(v).toBeCloseTo(whole.data[(i + 1) * 5 + j]!, 6)));
  using other = await trainer.stream({ batch: 1 });
  expect((await other.step([0])).shape).toEqual([1, 5]);
  await expect(other.step([5])).rejects.toThrow(expect.objectContaining({ code: "INDEX_OUT_OF_RANGE" }));
  await expect(other.step([0, 1])).rejects.toThrow(expect.objectContaining({ code: "SHAPE_MISMATCH" }));
  expect(() => other.setState(state)).toThrow(expect.objectContaining({ code: "SHAPE_MISMATCH" }));
  expect(() => other.setState({ steps: -1, arrays: {} })).toThrow(refused("steps must be"));
  expect(() => other.setState({ steps: 1, arrays: {} })).toThrow(refused("lstm.h must be"));
});

test("one input goes step by step while the others are known as a whole, masks among them", async () => {
  const source = input({ dtype: "i32" }),
    target = input({ dtype: "i32" });
  const embed = embedding({ inputDim: 6, outputDim: 3, maskIndex: 0 });
  const memory = gru({ units: 4, returnSequences: true })(bidirectional(lstm({ units: 2, returnSequences: true }))(embed(source)));
  const decoded = gru({ units: 4, returnSequences: true })(embed(target), { initialState: memory.state });
  const context = attention({ score: "scaledDot" })(decoded, { value: memory });
  const both = model({
    inputs: { source, target },
    outputs: { next: dense({ units: 6, activation: "softmax" })(context), alignment: context.scores },
  });
  using trainer = await both.compile({ backend: backends.reference, dtype: "f64" });
  const x = { source: [[1, 2, 3], [4, 5, 0]], target: [[1, 3, 5, 2], [5, 4, 1, 1]] }; // prettier-ignore
  const whole = await trainer.predict(x);
  using stream = await trainer.stream({ over: "target", inputs: { source: x.source } });
  for (let t = 0; t < 4; t++) {
    const { next, alignment } = await stream.step(x.target.map((row) => row[t]!));
    expect([next.shape, alignment.shape]).toEqual([[2, 6], [2, 3]]); // prettier-ignore
    stepOf(whole.next, t).data.forEach((v, i) => expect(next.data[i]).toBeCloseTo(v, 12));
    stepOf(whole.alignment, t).data.forEach((v, i) => expect(alignment.data[i]).toBeCloseTo(v, 12));
  }
  await expect(trainer.stream()).rejects.toThrow(refused("over must be one of source, target"));
  await expect(trainer.stream({ over: "target" })).rejects.toThrow(refused("x.source must be"));
  await expect(trainer.stream({ over: "target", inputs: { source: x.source }, batch: 3 })).rejects.toThrow(
    expect.objectContaining({ code: "SHAPE_MISMATCH" }),
  );
  await expect(trainer.stream({ over: "source", inputs: { target: x.target } })).rejects.toThrow(expect.objectContaining({ code: "UNSUPPORTED", who: "bidirectional" })); // prettier-ignore
});

test("a layer that reads later steps says so by name; beyond maxSteps nothing is read", async () => {
  const compiled = async (...layers: readonly AnyLayer[]) => {
    const trainer = await sequential([input({ shape: [3, features] }), ...layers]).compile({ backend: backends.cpu });
    return trainer;
  };
  const unsupported = (who: string) => expect.objectContaining({ code: "UNSUPPORTED", who });
  await expect((await compiled(bidirectional(gru({ units: 2 })))).stream()).rejects.toThrow(unsupported("bidirectional"));
  await expect((await compiled(attention())).stream({ maxSteps: 3 })).rejects.toThrow(unsupported("attention"));
  const two = (await compiled(bidirectional(gru({ units: 2, returnSequences: true })), attention())).stream();
  await expect(two).rejects.toThrow(
    expect.objectContaining({ facts: expect.objectContaining({ layers: ["bidirectional", "attention"] }) }),
  );
  await expect(two).rejects.toThrow("a bidirectional reads steps that are yet to come; nor can attention: an attention reads");
  await expect((await compiled(gru({ units: 2, goBackwards: true }))).stream()).rejects.toThrow(unsupported("gru"));
  await expect((await compiled(attention({ causal: true }))).stream()).rejects.toThrow(refused("stream({ maxSteps })"));
  await expect((await compiled(gru({ units: 2 }))).stream({ maxstep: 2 } as never)).rejects.toThrow(refused("Did you mean maxSteps?"));
  using trainer = await compiled(attention({ causal: true }));
  using stream = await trainer.stream({ maxSteps: 1 });
  await stream.step(ramp(features));
  await expect(stream.step(ramp(features))).rejects.toThrow(refused("which is all that it has room for"));
  trainer.dispose();
  await expect(stream.step(ramp(features))).rejects.toThrow(expect.objectContaining({ code: "DISPOSED" }));
});

test("what is no state of the stream, and lengths of no input, are refused by what is wrong with them", async () => {
  using trainer = await sequential([input({ shape: [3, 2] }), gru({ units: 2 })]).compile({ backend: backends.reference });
  using stream = await trainer.stream();
  const wider = { dtype: "f64", shape: [1, 2], data: new Float64Array(2) } as const;
  expect(() => stream.setState({ steps: 0, arrays: { "gru.h": wider } })).toThrow(expect.objectContaining({ code: "DTYPE_MISMATCH" }));
  await expect(trainer.stream({ lengths: { x: [1] } } as object)).rejects.toThrow(refused("lengths must be left out"));
});

test("a model without weights keeps numbers of its own dtype", async () => {
  const plain = sequential([input({ shape: [3, 2] }), attention({ score: "scaledDot", causal: true })]);
  using trainer = await sequential([input({ shape: [3, 2] }), plain]).compile({ backend: backends.reference, dtype: "f64" });
  using stream = await trainer.stream({ maxSteps: 3 });
  const x = ramp(1, 3, 2);
  const whole = await trainer.predict(x);
  for (let t = 0; t < 3; t++) expect([...(await stream.step(stepOf(x, t))).data]).toEqual([...stepOf(whole, t).data]);
});
