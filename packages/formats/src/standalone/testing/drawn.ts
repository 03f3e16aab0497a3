// For tests: models drawn at random, with data for them.
import type { HostArray } from "@sluice/core";
import {
  type AnyLayer,
  bidirectional,
  batchNormalization,
  conv1D,
  dense,
  depthwiseConv1D,
  dropout,
  embedding,
  globalAveragePooling1D,
  gru,
  input,
  layerNormalization,
  lstm,
  masking,
  maxPooling1D,
  mgu,
  multiHeadAttention,
  positionalEncoding,
  rmsNormalization,
  sequential,
  simpleRNN,
  transformerDecoder,
  transformerEncoder,
} from "@sluice/nn";
import type { AnyModel } from "@sluice/nn/kit";
import fc from "fast-check";

/** Sequence to sequence of `units` features. */
const layers: Readonly<Record<string, (units: number) => AnyLayer>> = {
  lstm: (units: number) => lstm({ units, returnSequences: true, initialState: "learnt" }),
  "stateful lstm": (units: number) => lstm({ units, returnSequences: true, stateful: true }),
  gru: (units: number) => gru({ units, returnSequences: true }),
  mgu: (units: number) => mgu({ units, returnSequences: true }),
  rnn: (units: number) => simpleRNN({ units, returnSequences: true }),
  "both ways": (units: number) => bidirectional(gru({ units, returnSequences: true }), { mergeMode: "ave" }),
  convolution: (units: number) => conv1D({ filters: units, kernelSize: 3, padding: "causal", activation: "relu" }),
  "a convolution that looks ahead": (units: number) => conv1D({ filters: units, kernelSize: 2, padding: "same" }),
  depthwise: () => depthwiseConv1D({ kernelSize: 2, padding: "causal" }),
  pooling: () => maxPooling1D({ poolSize: 2, strides: 1, padding: "same" }),
  heads: () => multiHeadAttention({ numHeads: 2, causal: true, rotary: true, residual: true }),
  "a block": () => transformerEncoder({ intermediateDim: 5, numHeads: 2, activation: "tanh" }),
  "a causal block": () => transformerDecoder({ intermediateDim: 5, numHeads: 1, normalizeFirst: true }),
  normalised: () => layerNormalization(),
  "root mean square": () => rmsNormalization(),
  "batch statistics": () => batchNormalization(),
  encoded: () => positionalEncoding(),
  thinned: () => dropout({ rate: 0.5 }),
  dense: (units: number) => dense({ units, activation: "gelu" }),
};

const ends: Readonly<Record<string, () => readonly AnyLayer[]>> = {
  "at each step": () => [dense({ units: 3 })],
  "of the last": () => [gru({ units: 4 }), dense({ units: 2, activation: "softmax" })],
  "of all": () => [globalAveragePooling1D()],
};

export interface Drawn {
  readonly front: "numbers" | "padded numbers" | "tokens" | "padded tokens";
  readonly body: readonly string[];
  readonly end: string;
  readonly units: number;
  readonly batch: number;
  readonly rows: number;
  /** Whether the model says what it takes; otherwise data tells it. */
  readonly isDeclared: boolean;
  readonly steps: number;
  /** Those it is exported for, unless it is declared for others. */
  readonly exported: number;
  readonly lengths: boolean;
  readonly seed: number;
}

export const drawn: fc.Arbitrary<Drawn> = fc.record({
  front: fc.constantFrom("numbers", "padded numbers", "tokens", "padded tokens"),
  body: fc.array(fc.constantFrom(...Object.keys(layers)), { minLength: 1, maxLength: 3 }),
  end: fc.constantFrom(...Object.keys(ends)),
  units: fc.constantFrom(4, 8, 20),
  batch: fc.integer({ min: 1, max: 9 }),
  rows: fc.integer({ min: 1, max: 9 }),
  isDeclared: fc.boolean(),
  steps: fc.integer({ min: 2, max: 5 }),
  exported: fc.integer({ min: 2, max: 9 }),
  lengths: fc.boolean(),
  seed: fc.integer({ min: 0, max: 99 }),
});

const words = 7;

export function modelOf({ front, body, end, units, steps, isDeclared }: Drawn): AnyModel {
  const isTokens = front.endsWith("tokens");
  const first = {
    numbers: () => [],
    "padded numbers": () => [masking({ maskValue: 0 })],
    tokens: () => [embedding({ inputDim: words, outputDim: units })],
    "padded tokens": () => [embedding({ inputDim: words, outputDim: units, maskIndex: 0 })],
  } satisfies Readonly<Record<Drawn["front"], () => AnyLayer[]>>;
  const start = isTokens ? input({ shape: [steps], dtype: "i32" }) : input({ shape: [steps, units] });
  return sequential([...(isDeclared ? [start] : []), ...first[front](), ...body.map((name) => layers[name]!(units)), ...ends[end]!()], {
    name: "drawn",
  }); // drawn of their keys
}

/** [rows, steps, …], with zeros among the numbers. */
export function dataOf({ front, units, seed }: Drawn, rows: number, steps: number): HostArray {
  const wave = (i: number): number => Math.sin(1.7 * i + seed);
  if (front.endsWith("tokens"))
    return {
      dtype: "i32",
      shape: [rows, steps],
      data: Int32Array.from({ length: rows * steps }, (_, i) => Math.floor(Math.abs(wave(i)) * words)),
    };
  const isPadded = front.startsWith("padded");
  const data = Float32Array.from({ length: rows * steps * units }, (_, i) => (isPadded && Math.floor(i / units) % 3 === 2 ? 0 : wave(i)));
  return { dtype: "f32", shape: [rows, steps, units], data };
}

/** Step t of x [rows, steps, …]. */
export function stepOf({ dtype, shape: [rows = 0, steps = 0, ...row], data }: HostArray, t: number): HostArray {
  const width = row.reduce((a, b) => a * b, 1);
  const all = Array.from({ length: rows }, (_, b) =>
    Array.from(data.subarray((b * steps + t) * width, (b * steps + t + 1) * width)),
  ).flat();
  return { dtype, shape: [rows, ...row], data: dtype === "i32" ? Int32Array.from(all) : Float32Array.from(all) };
}
