// Small models over sequences of unequal lengths, drawn at random, and what they come to on data whose padding the test chooses.
import type { Backend, HostArray } from "@sluice/core";
import fc from "fast-check";
import {
  additiveAttention,
  attention,
  averagePooling1D,
  bidirectional,
  conv1D,
  conv1DTranspose,
  dense,
  depthwiseConv1D,
  dropout,
  embedding,
  gaussianNoise,
  groupNormalization,
  gru,
  input,
  layerNormalization,
  lstm,
  maxPooling1D,
  mgu,
  model,
  multiHeadAttention,
  normalization,
  positionEmbedding,
  positionalEncoding,
  rescaling,
  rmsNormalization,
  separableConv1D,
  sgd,
  simpleRNN,
  transformerDecoder,
  transformerEncoder,
  spatialDropout1D,
  unitNormalization,
  type AnyLayer,
} from "../index.ts";
import type { Symbolic } from "../layers/layer.ts";
import type { AnyTrainer } from "../model/model.ts";
import type { CompileOptions, Data } from "../model/options.ts";
import { flatten } from "../weights/layout.ts";

const width = 4;

/** Sequence to sequence of `width` features. */
const layers = {
  lstm: () => lstm({ units: width, returnSequences: true, initialState: "learnt" }),
  gru: () => gru({ units: width, returnSequences: true }),
  mgu: () => mgu({ units: width, returnSequences: true }),
  backwards: () => simpleRNN({ units: width, returnSequences: true, goBackwards: true }),
  "both ways": () => bidirectional(gru({ units: width / 2, returnSequences: true })),
  "both ways, averaged": () => bidirectional(lstm({ units: width, returnSequences: true, peepholes: true }), { mergeMode: "ave" }),
  "both ways, multiplied": () => bidirectional(mgu({ units: width, returnSequences: true, useBias: false }), { mergeMode: "mul" }),
  attention: () => attention({ score: "scaledDot", residual: true }),
  "causal attention": () => additiveAttention({ units: 3, causal: true }),
  "heads by a score of their own": () => multiHeadAttention({ numHeads: 2, score: "additive", scoreUnits: 3 }),
  heads: () => multiHeadAttention({ numHeads: 2, residual: true }),
  "causal heads": () => multiHeadAttention({ numHeads: 2, numKeyValueHeads: 1, causal: true, rotary: true }),
  "a block": () => transformerEncoder({ intermediateDim: 3, numHeads: 2, activation: "tanh" }),
  "a causal block": () => transformerDecoder({ intermediateDim: 3, numHeads: 1, normalizeFirst: true }),
  "normalised layers": () => layerNormalization(),
  "normalised roots": () => rmsNormalization(),
  "units of length": () => unitNormalization(),
  "known mean and variance": () => normalization({ mean: [0.5, -0.2, 0, 1], variance: 0.3 }),
  "another range": () => rescaling({ scale: 0.5, offset: [0.1, 0.2, -0.3, 0] }),
  "normalised groups": () => groupNormalization({ groups: 2 }),
  convolution: () => conv1D({ filters: width, kernelSize: 3, padding: "same", activation: "tanh" }),
  "causal convolution": () => conv1D({ filters: width, kernelSize: 2, padding: "causal", dilationRate: 2, groups: 2 }),
  "transposed convolution": () => conv1DTranspose({ filters: width, kernelSize: 3, padding: "same" }),
  "depthwise convolution": () => depthwiseConv1D({ kernelSize: 2, padding: "causal" }),
  "separable convolution": () => separableConv1D({ filters: width, kernelSize: 2, padding: "same" }),
  "moving maxima": () => maxPooling1D({ poolSize: 3, strides: 1, padding: "same" }),
  "moving means": () => averagePooling1D({ poolSize: 2, strides: 1, padding: "same" }),
  dense: () => dense({ units: width, activation: "tanh" }),
  positions: () => positionalEncoding(),
  places: () => positionEmbedding({ sequenceLength: 64 }),
  "gru, dropped": () => gru({ units: width, returnSequences: true, recurrentDropout: 0.3 }),
  "mgu, dropped": () => mgu({ units: width, returnSequences: true, dropout: 0.3 }),
  "steps, dropped": () => dropout({ rate: 0.3, seed: 5 }),
  "features, dropped": () => spatialDropout1D({ rate: 0.3, seed: 7 }),
  "steps, noisy": () => gaussianNoise({ stddev: 0.1, seed: 8 }),
  "scores, dropped": () => attention({ dropout: 0.3, seed: 6 }),
} satisfies Record<string, () => AnyLayer>;

/** What is random in training: nothing, what is drawn once for a sequence, or also what is drawn for each step, which depends on how many there are. */
const drawn = {
  nothing: ["gru, dropped", "mgu, dropped", "features, dropped", "steps, dropped", "steps, noisy", "scores, dropped"],
  sequences: ["steps, dropped", "steps, noisy", "scores, dropped"],
  steps: [],
} as const;

/** Sequence to a vector. */
const ends = {
  lstm: () => lstm({ units: 3 }),
  backwards: () => gru({ units: 3, goBackwards: true }),
  "both ways": () => bidirectional(mgu({ units: 3 })),
} satisfies Record<string, () => AnyLayer>;

export interface Plan {
  /** Where masks come from: lengths of numbers, lengths of indices, or the index 0. */
  readonly front: "numbers" | "indices" | "maskIndex";
  readonly body: readonly (keyof typeof layers)[];
  readonly end: keyof typeof ends;
  /** One sequence; one that attends to another; one that starts from the state of another. */
  readonly shape: "chain" | "attends" | "continues";
  readonly heads: "steps" | "labels" | "whole" | "both";
  /** Of the sequence that the heads read, and of the other one. */
  readonly steps: readonly [own: number, other: number];
  readonly lengths: readonly [own: readonly number[], other: readonly number[]];
  /** Whether a maskIndex also stands where sequences go on after it, though not in front. */
  readonly holes: boolean;
  readonly weights: readonly number[];
  readonly batchSize: number;
  readonly seed: number;
}

/** `random` is what may be random in training. */
export function anyPlan({ random }: { readonly random: keyof typeof drawn }): fc.Arbitrary<Plan> {
  const without: readonly string[] = drawn[random];
  const kinds = (Object.keys(layers) as (keyof typeof layers)[]).filter((kind) => !without.includes(kind)); // its own keys
  return fc
    .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 4 }))
    .chain(([rows, own, other]) => {
      const lengths = (steps: number) => fc.array(fc.nat({ max: steps }), { minLength: rows, maxLength: rows });
      return fc.record({
        front: fc.constantFrom("numbers", "indices", "maskIndex"),
        body: fc.array(fc.constantFrom(...kinds), { minLength: 1, maxLength: 3 }),
        end: fc.constantFrom(...(Object.keys(ends) as (keyof typeof ends)[])),
        shape: fc.constantFrom("chain", "attends", "continues"),
        heads: fc.constantFrom("steps", "labels", "whole", "both"),
        steps: fc.constant([own, other] as const),
        lengths: fc.tuple(
          lengths(own).filter((all) => all.some((n) => n > 0)),
          lengths(other),
        ),
        holes: fc.boolean(),
        weights: fc.array(fc.constantFrom(0.5, 1, 2), { minLength: rows, maxLength: rows }),
        batchSize: fc.integer({ min: 1, max: 3 }),
        seed: fc.nat({ max: 1000 }),
      });
    });
}

/** A model with inputs by name, and outputs by name where there are two. */
export function modelOf({ front, body, end, shape, heads }: Plan) {
  const own = sequenceFrom(front),
    other = sequenceFrom(front);
  const inputs = shape === "chain" ? { own: own.input } : { own: own.input, other: other.input };
  const run = (x: Symbolic): Symbolic =>
    body.reduce<Symbolic>((value, kind) => (layers[kind]() as unknown as (x: Symbolic) => Symbolic)(value), x); // each is called on one value
  const read = {
    chain: () => run(own.value),
    attends: () => attention({ score: "scaledDot" })(dense({ units: width })(own.value), { value: run(other.value) }),
    continues: () =>
      lstm({ units: width, returnSequences: true })(run(own.value), { initialState: lstm({ units: width })(other.value).state }),
  }[shape]();
  const steps = () => dense({ units: 2 })(read),
    labels = () => dense({ units: 3, activation: "softmax" })(read),
    whole = () => dense({ units: 1 })((ends[end]() as unknown as (x: Symbolic) => Symbolic)(read)); // likewise
  const outputs = { steps, labels, whole, both: () => ({ labels: labels(), whole: whole() }) }[heads]();
  return model({ inputs, outputs });
}

function sequenceFrom(front: Plan["front"]) {
  const value = input({ dtype: front === "numbers" ? "float" : "i32" });
  const first =
    front === "numbers"
      ? dense({ units: width })
      : embedding({ inputDim: 6, outputDim: width, ...(front === "maskIndex" && { maskIndex: 0 }) });
  return { input: value, value: first(value) };
}

const losses = { steps: "mse", labels: "sparseCategoricalCrossentropy", whole: "mse" } as const;
const metrics = { steps: ["mae"], labels: ["accuracy"], whole: ["mae"] } as const;
export const lossWeights = { labels: 0.7, whole: 2 } as const;

export async function trainerOf(
  backend: Backend,
  plan: Plan,
  { dtype = "f64", learningRate = 0.1 }: { readonly dtype?: "f32" | "f64"; readonly learningRate?: number } = {},
) {
  const { heads, seed } = plan;
  const measured =
    heads === "both"
      ? { loss: { labels: losses.labels, whole: losses.whole }, metrics: { labels: metrics.labels, whole: metrics.whole }, lossWeights }
      : { loss: losses[heads], metrics: metrics[heads] };
  const options = { backend, optimizer: sgd({ learningRate, globalClipNorm: 1 }), dtype, seed, ...measured };
  return (await modelOf(plan).compile(options as unknown as CompileOptions<"labels" | "whole">)) as unknown as AnyTrainer; // as its heads are named
}

/** What stands where nothing counts. */
export interface Padding {
  /** More steps than the lengths need. */
  readonly further: number;
  readonly number: number;
  readonly index: number;
  readonly label: number;
}
export const plain: Padding = { further: 0, number: 0, index: 0, label: 0 };

/** The data of a plan, or of some of its rows; each number follows from its row, its step and its place. */
export function dataOf(plan: Plan, padding: Padding = plain, rows: readonly number[] = plan.weights.map((_, row) => row)) {
  const { front, shape, heads, weights } = plan;
  const steps = plan.steps.map((n) => n + padding.further) as [number, number];
  const of = (which: 0 | 1, size: number, at: (seed: number, step: number) => number, otherwise: number) =>
    rows.flatMap((row) =>
      Array.from({ length: steps[which] * size }, (_, i) =>
        Math.floor(i / size) < plan.lengths[which][row]! ? at(which * 7919 + row * 613 + i, Math.floor(i / size)) : otherwise,
      ),
    );
  const wave = (seed: number) => Math.sin(seed * 1.7 + 1),
    among = (from: number, to: number) => (seed: number) => from + (Math.floor(1e4 * (1 + wave(seed))) % (to - from));
  const token = (seed: number, step: number) => among(front === "maskIndex" && (step === 0 || !plan.holes) ? 1 : 0, 6)(seed);
  const x = (which: 0 | 1): HostArray =>
    front === "numbers"
      ? { dtype: "f64", shape: [rows.length, steps[which], 2], data: Float64Array.from(of(which, 2, wave, padding.number)) }
      : {
          dtype: "i32",
          shape: [rows.length, steps[which]],
          data: Int32Array.from(of(which, 1, token, front === "maskIndex" ? 0 : padding.index)),
        };
  const y = {
    steps: {
      dtype: "f64",
      shape: [rows.length, steps[0], 2],
      data: Float64Array.from(of(0, 2, wave, front === "maskIndex" ? padding.label : padding.number)),
    },
    labels: {
      dtype: "i32",
      shape: [rows.length, steps[0]],
      data: Int32Array.from(of(0, 1, among(0, 3), front === "maskIndex" ? padding.label : padding.index)),
    },
    whole: { dtype: "f64", shape: [rows.length, 1], data: Float64Array.from(rows, (row) => wave(row)) },
  } as const satisfies Record<string, HostArray>;
  const lengthsOf = (which: 0 | 1) => rows.map((row) => plan.lengths[which][row]!);
  return {
    x: { own: x(0), ...(shape !== "chain" && { other: x(1) }) },
    y: heads === "both" ? { labels: y.labels, whole: y.whole } : y[heads],
    sampleWeight: rows.map((row) => weights[row]!),
    ...(front !== "maskIndex" && { lengths: { own: lengthsOf(0), ...(shape !== "chain" && { other: lengthsOf(1) }) } }),
  } as unknown as Data<string, string> & { readonly lengths?: Readonly<Record<string, readonly number[]>> }; // as the plan names them
}

export interface Outcome {
  /** Losses and metrics of each epoch, and of an evaluation after them. */
  readonly measured: readonly Readonly<Record<string, number>>[];
  readonly weights: readonly number[];
  /** Of rows, and of steps that count. */
  readonly predicted: readonly number[];
}

export async function outcomeOf(
  backend: Backend,
  plan: Plan,
  { padding = plain, dtype = "f64" }: { readonly padding?: Padding; readonly dtype?: "f32" | "f64" } = {},
): Promise<Outcome> {
  using trainer = await trainerOf(backend, plan, { dtype });
  const data = dataOf(plan, padding);
  const { epochs } = await trainer.fit(data, { epochs: 2, batchSize: plan.batchSize });
  const measures = (log: object): Readonly<Record<string, number>> =>
    Object.fromEntries((Object.entries(log) as [string, number][]).filter(([name]) => name !== "epoch" && name !== "examplesPerSecond")); // of numbers
  return {
    measured: [...epochs.map(measures), measures(await trainer.evaluate(data, { batchSize: 2 }))],
    weights: Object.values(flatten(await trainer.weights(), "test")).flatMap(({ data }) => [...data]),
    predicted: await predicted(trainer, plan, padding),
  };
}

export async function predicted(
  trainer: AnyTrainer,
  plan: Plan,
  padding: Padding = plain,
  rows?: readonly number[],
): Promise<readonly number[]> {
  const { x, lengths } = dataOf(plan, padding, rows);
  const outputs: unknown = await trainer.predict(x as never, { batchSize: 2, ...(lengths !== undefined && { lengths: lengths as never }) }); // by the plan's names
  const arrays = plan.heads === "both" ? Object.values(outputs as Record<string, HostArray>) : [outputs as HostArray];
  return arrays.flatMap((array) => thatCount(plan, array, rows));
}

/** The numbers of whole rows, or of their steps that count. */
function thatCount(plan: Plan, { data, shape }: HostArray, rows: readonly number[] = plan.weights.map((_, row) => row)): readonly number[] {
  const [, steps = 1, size] = shape;
  if (size === undefined) return [...data];
  return rows.flatMap((row, i) => [...data.subarray(i * steps * size, (i * steps + plan.lengths[0][row]!) * size)]);
}
