// Gradient flow against closed forms and against differences of models that are cut at a step; then models of every make.
import { cell, random, type HostArray } from "@sluice/core";
import { open } from "@sluice/core/reference";
import {
  attentionDecoder,
  bidirectional,
  dense,
  embedding,
  gru,
  input,
  lstm,
  masking,
  mgu,
  model,
  recurrent,
  sequential,
  sgd,
  simpleRNN,
  type Trainer,
} from "@sluice/nn";
import { afterAll, expect, test } from "vitest";
import { gradientFlow } from "./gradientFlow.ts";

const backend = await open();
afterAll(() => backend.close());
const options = { backend, optimizer: sgd({ learningRate: 0.1 }), loss: "mse", dtype: "f64", seed: 3 } as const;

const norm = (x: readonly number[]): number => Math.hypot(...x);

function numbers(seed: number, ...shape: readonly number[]): HostArray {
  const length = shape.reduce((product, n) => product * n, 1);
  return { dtype: "f64", shape, data: random(seed).normal(length) };
}

test("of a linear recurrence ∂h_T/∂h_t is (Wᵀ)^(T − t)", async () => {
  const [steps, units, batch] = [6, 3, 2];
  const net = sequential([input({ shape: [steps, units] }), simpleRNN({ units, activation: "linear" })]);
  await using trainer = await net.compile(options);
  const x = numbers(1, batch, steps, units),
    y = numbers(2, batch, units);
  const { simpleRNN: weights } = (await trainer.weights()) as unknown as Record<string, Record<string, HostArray>>;
  const w = weights!["wh"]!.data,
    out = await trainer.predict(x);
  const { layers, loss, samples } = await gradientFlow(trainer, { x, y });
  expect([layers.length, samples, layers[0]?.layer, layers[0]?.state, layers[0]?.cell]).toEqual([1, batch, "simpleRNN", "h", "rnn"]);
  // dL/dh_T of the mean squared error over batch and units; each step back multiplies by Wᵀ: g ← g·Wᵀ for h′ = h·W.
  const norms = Array.from({ length: batch }, (_, b) => {
    let g = Array.from(
      { length: units },
      (_, i) => (2 * (Number(out.data[b * units + i]) - Number(y.data[b * units + i]))) / (batch * units),
    );
    return Array.from({ length: steps }, () => {
      const now = norm(g);
      g = Array.from({ length: units }, (_, i) => g.reduce((sum, gj, j) => sum + gj * Number(w[i * units + j]), 0));
      return now;
    }).toReversed();
  });
  for (let t = 0; t < steps; t++) {
    expect(layers[0]?.mean[t]).toBeCloseTo((norms[0]![t]! + norms[1]![t]!) / 2, 12);
    expect(layers[0]?.max[t]).toBeCloseTo(Math.max(norms[0]![t]!, norms[1]![t]!), 12);
  }
  const difference = Array.from(out.data, (o, i) => (Number(o) - Number(y.data[i])) ** 2);
  expect(loss).toBeCloseTo(difference.reduce((sum, d) => sum + d, 0) / difference.length, 12);
});

test("a recurrence of λ·I has the slope log λ, and its verdict follows from λ^(T − 1)", async () => {
  const [steps, units] = [20, 2];
  const net = sequential([input({ shape: [steps, units] }), simpleRNN({ units, activation: "linear", useBias: false })]);
  for (const [scale, name] of [
    [0.5, "vanishing"],
    [0.9, "healthy"],
    [1, "healthy"],
    [1.6, "exploding"],
  ] as const) {
    const wh = Float64Array.of(scale, 0, 0, scale);
    await using trainer = await net
      .withWeights({ simpleRNN: { wx: numbers(1, units, units), wh: { dtype: "f64", shape: [units, units], data: wh } } } as never)
      .compile(options);
    const { layers } = await gradientFlow(trainer, { x: numbers(2, 3, steps, units), y: numbers(3, 3, units) });
    const { verdict } = layers[0]!;
    expect(verdict.slope).toBeCloseTo(Math.log(scale), 10);
    expect(verdict.perStep).toBeCloseTo(scale, 10);
    expect(verdict.factor! / scale ** (steps - 1)).toBeCloseTo(1, 8);
    expect(verdict.name).toBe(name);
    expect(verdict.advice.length > 0).toBe(name !== "healthy");
  }
});

// A model that is cut before a step: what stands after it, started from a state that is moved a little.
const makes = { simpleRNN, lstm, gru, mgu };
for (const [name, make] of Object.entries(makes))
  test(`${name}: the norm at a state is what differences of the rest of the sequence say`, async () => {
    const [steps, cut, units, features] = [5, 3, 2, 2];
    const layer = make({ units, returnSequences: true, name: "layer" });
    const whole = sequential([input({ shape: [steps, features] }), layer, dense({ units: 1 })]);
    await using trainer = await whole.compile(options);
    const x = numbers(4, 1, steps, features),
      y = numbers(5, 1, steps, 1);
    const flow = await gradientFlow(trainer, { x, y });
    const states = flow.layers.map(({ state }) => state);
    const weights = await trainer.weights();
    // The loss of steps cut … by the state after step cut − 1; those before do not depend on it, but for that step's own output.
    const xs = input({ shape: [steps - cut, features], name: "x" });
    const start = Object.fromEntries(states.map((state) => [state, input({ shape: [units], name: state })]));
    const rest = layer(xs, { initialState: start } as never);
    const read = dense({ units: 1, name: "dense" });
    const after = model({ inputs: { x: xs, ...start }, outputs: { rest: read(rest), own: read(start["h"]!) } });
    await using second = await after.withWeights(weights).compile({ backend, dtype: "f64" });
    const before = await statesAfter(weights, x, { cut, features, layer, states });
    const lossAt = async (at: Readonly<Record<string, Float64Array>>): Promise<number> => {
      const given = Object.fromEntries(states.map((state) => [state, { dtype: "f64", shape: [1, units], data: at[state]! } as const]));
      const { rest: behind, own } = (await second.predict({
        x: { dtype: "f64", shape: [1, steps - cut, features], data: x.data.slice(cut * features) },
        ...given,
      } as never)) as Record<string, HostArray>;
      const all = [Number(own!.data[0]), ...Array.from(behind!.data, Number)];
      return all.reduce((sum, o, i) => sum + (o - Number(y.data[cut - 1 + i])) ** 2, 0) / steps;
    };
    for (const [i, state] of states.entries()) {
      // h is read by the step's own output, c through it: its part of that is σ(o)·φ′(c), which the model cut at h does not see.
      if (state === "c") continue;
      const slopes = [];
      for (let u = 0; u < units; u++) {
        const moved = async (by: number) => lossAt({ ...before, [state]: before[state]!.map((v, j) => (j === u ? v + by : v)) });
        slopes.push(((await moved(1e-5)) - (await moved(-1e-5))) / 2e-5);
      }
      expect(flow.layers[i]?.mean[cut - 1]).toBeCloseTo(norm(slopes), 8);
    }
  });

async function statesAfter(
  weights: unknown,
  x: HostArray,
  { cut, features, layer, states }: { cut: number; features: number; layer: unknown; states: readonly string[] },
): Promise<Record<string, Float64Array>> {
  const xs = input({ shape: [cut, features], name: "x" });
  const recurred = (layer as (x: unknown) => { state: Record<string, never> })(xs);
  const own = weights as Record<string, unknown>;
  const first = model({ inputs: { x: xs }, outputs: Object.fromEntries(states.map((state) => [state, recurred.state[state]])) as never });
  await using trainer = await first.withWeights({ layer: own["layer"] } as never).compile({ backend, dtype: "f64" });
  const given = (await trainer.predict({
    x: { dtype: "f64", shape: [1, cut, features], data: x.data.slice(0, cut * features) },
  } as never)) as Record<string, HostArray>;
  return Object.fromEntries(Object.entries(given).map(([state, { data }]) => [state, Float64Array.from(data)]));
}

test("steps that do not count are null, and no number depends on what stands there", async () => {
  const net = sequential([input({ shape: [5, 2] }), lstm({ units: 3, returnSequences: true }), gru({ units: 2 }), dense({ units: 1 })]);
  await using trainer = await net.compile(options);
  const x = numbers(1, 3, 5, 2),
    y = numbers(2, 3, 1);
  const lengths = [2, 4, 3];
  const { layers } = await gradientFlow(trainer, { x, y, lengths });
  expect(layers.map(({ layer, state, rows }) => [layer, state, rows])).toEqual([
    ["lstm", "h", [3, 3, 2, 1, 0]],
    ["lstm", "c", [3, 3, 2, 1, 0]],
    ["gru", "h", [3, 3, 2, 1, 0]],
  ]);
  for (const { mean, max } of layers) {
    expect([mean[4], max[4]]).toEqual([null, null]);
    expect(mean.slice(0, 4).every((value) => value !== null && value > 0)).toBe(true);
  }
  const other = { ...x, data: Float64Array.from(x.data, (v, i) => (Math.floor((i % 10) / 2) >= lengths[Math.floor(i / 10)]! ? 7e5 : v)) };
  expect(await gradientFlow(trainer, { x: other, y, lengths })).toEqual(await gradientFlow(trainer, { x, y, lengths }));
  // The first row alone has the first step's norms of three rows' sum.
  const alone = await gradientFlow(trainer, {
    x: { ...x, shape: [1, 5, 2], data: x.data.slice(0, 10) },
    y: { ...y, shape: [1, 1], data: y.data.slice(0, 1) },
    lengths: [2],
  });
  expect(alone.layers[2]?.rows).toEqual([1, 1, 0, 0, 0]);
});

test("both directions, layers that are used twice, layers in models within models and masks of layers are told apart by name", async () => {
  const inner = sequential([masking({}), bidirectional(lstm({ units: 2, returnSequences: true }))], { name: "inside" } as never);
  const x = input({ shape: [4, 2] });
  const twice = mgu({ units: 4, returnSequences: true, name: "twice" });
  const net = model({ inputs: x, outputs: dense({ units: 1 })(gru({ units: 2, goBackwards: true })(twice(twice(inner(x))))) });
  await using trainer = await net.compile(options);
  const { layers } = await gradientFlow(trainer, { x: numbers(1, 2, 4, 2), y: numbers(2, 2, 1) });
  expect(layers.map(({ layer, kind, cell, direction, state }) => [layer, kind, cell, direction, state].join(" "))).toEqual([
    "bidirectional bidirectional lstm forward h",
    "bidirectional bidirectional lstm forward c",
    "bidirectional bidirectional lstm backward h",
    "bidirectional bidirectional lstm backward c",
    "twice mgu mgu forward h",
    "twice #2 mgu mgu forward h",
    "gru gru gru backward h",
  ]);
  // gru reads from the end and gives its last state: that of the first step gets the most direct gradient.
  const last = layers.at(-1)!;
  expect(last.verdict.factor).toBeGreaterThan(0);
  expect(JSON.parse(JSON.stringify(layers))).toEqual(layers);
});

test("a decoder's attention is on the way: its norms come from all steps of its output, and the encoder's through the memory", async () => {
  const [source, target] = [input({ name: "source", dtype: "i32", shape: [4] }), input({ name: "target", dtype: "i32", shape: [3] })];
  const embed = embedding({ inputDim: 5, outputDim: 3, name: "embed" });
  const encoded = gru({ units: 3, returnSequences: true, name: "encoder" })(embed(source));
  const decoded = attentionDecoder(lstm({ units: 3, returnSequences: true }), { name: "decoder" })(embed(target), { memory: encoded });
  const net = model({ inputs: { source, target }, outputs: { next: dense({ units: 5, activation: "softmax", name: "next" })(decoded) } });
  await using trainer = await net.compile({ ...options, loss: { next: "sparseCategoricalCrossentropy" } });
  const data = { x: { source: [[1, 2, 3, 4]], target: [[1, 2, 3]] }, y: { next: [[2, 3, 4]] } };
  const { layers } = await gradientFlow(trainer, data);
  expect(layers.map(({ layer, kind, state }) => `${layer} ${kind} ${state}`)).toEqual([
    "encoder gru h",
    "decoder attentionDecoder h",
    "decoder attentionDecoder c",
  ]);
  for (const { mean } of layers) expect(mean.every((value) => value !== null && value > 1e-6)).toBe(true);
  // With the gradient of the memory: ∂L/∂h of the encoder's last step is through attention alone, as nothing else reads it.
  expect(layers[0]?.mean.at(-1)).toBeGreaterThan(0);
});

test("cells of one's own flow too, a state that does not change is passed by, and whole numbers have no gradient", async () => {
  const own = cell({
    name: "leaky",
    weights: ({ input, units }) => ({ w: { axes: { input, units }, init: "glorotUniform" } }),
    state: ({ units }) => ({ h: { axes: { units } }, same: { axes: { units } } }),
    step: ({ w }, x, { h, same }) => {
      const next = h.mul(0.5).add(x.dot(w));
      return { output: next, state: { h: next, same } };
    },
  });
  const net = sequential([input({ shape: [4, 2] }), recurrent(own)({ units: 3 })]);
  await using trainer = await net.compile(options);
  const { layers } = await gradientFlow(trainer, { x: numbers(1, 2, 4, 2), y: numbers(2, 2, 3) });
  expect(layers.map(({ layer, state, verdict }) => [layer, state, verdict.name])).toEqual([
    ["leaky", "h", "healthy"],
    ["leaky", "same", "none"],
  ]);
  expect(layers[0]?.verdict.perStep).toBeCloseTo(0.5, 12);
});

test("in f32 norms below the square root of the smallest number are not lost", async () => {
  const net = sequential([input({ shape: [60, 1] }), simpleRNN({ units: 1, activation: "linear", useBias: false })]);
  const wh = { dtype: "f32", shape: [1, 1], data: Float32Array.of(0.25) } as const;
  await using trainer = await net
    .withWeights({ simpleRNN: { wx: { ...wh, data: Float32Array.of(1) }, wh } } as never)
    .compile({ ...options, dtype: "f32" });
  const { layers } = await gradientFlow(trainer, { x: numbers(1, 1, 60, 1), y: numbers(2, 1, 1) });
  const { mean, verdict } = layers[0]!;
  expect(mean[10]! / mean[11]!).toBeCloseTo(0.25, 5);
  expect(mean[10]).toBeLessThan(1e-25);
  expect(verdict).toMatchObject({ name: "vanishing" });
  expect(verdict.perStep).toBeCloseTo(0.25, 5);
});

test("what it cannot look at is refused", async () => {
  const net = sequential([input({ shape: [3] }), dense({ units: 1 })]);
  await using trainer = await net.compile(options);
  const data = { x: numbers(1, 2, 3), y: numbers(2, 2, 1) };
  await expect(gradientFlow(trainer, data)).rejects.toMatchObject({ code: "INVALID_ARGUMENT", who: "gradientFlow" });
  await expect(gradientFlow({} as never, data)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  await expect(gradientFlow(trainer, data, { sample: 3 } as never)).rejects.toThrow("samples");
  await expect(gradientFlow(trainer, data, { threshold: 1 })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  await using blind = await net.compile({ backend });
  await expect(gradientFlow(blind as unknown as Trainer, data)).rejects.toThrow("loss");
  const gone = await net.compile(options);
  gone.dispose();
  await expect(gradientFlow(gone, data)).rejects.toMatchObject({ code: "DISPOSED" });
});
