import { random, SluiceError, type HostArray } from "@sluice/core";
import { open } from "@sluice/core/reference";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import type { Model } from "../model/model.ts";
import { model } from "../models/model.ts";
import { sequential } from "../models/sequential.ts";
import { sgd } from "../optimizers/sgd.ts";
import { filled, type AnyOption } from "../options/table.ts";
import { serialize } from "../saving/serialize.ts";
import { deserialize } from "../saving/deserialize.ts";
import { layerTables } from "../testing/tables.ts";
import { timeDistributed } from "../models/timeDistributed.ts";
import { tokenAndPositionEmbedding } from "../models/tokenAndPositionEmbedding.ts";
import { transformerDecoder } from "../models/transformerDecoder.ts";
import { transformerEncoder } from "../models/transformerEncoder.ts";
import { bidirectional } from "./bidirectional.ts";
import { dense } from "./dense.ts";
import { input } from "./input.ts";
import type { AnyLayer } from "./layer.ts";
import { lstm } from "./lstm.ts";
import type { MergeLayer } from "./merge.ts";
import { builtIn, type LayerMaker } from "./table.ts";

const backend = await open();
afterAll(() => backend.close());

const inside = lstm({ units: 2, cellClip: 0.5 }),
  eachStep = dense({ units: 2, useBias: false });
const makers: Readonly<Record<keyof typeof layerTables, (config: object) => AnyLayer>> = {
  ...(builtIn as Record<keyof typeof layerTables, LayerMaker>), // all but those below
  bidirectional: (config: object) => bidirectional(inside, config),
  timeDistributed: (config: object) => timeDistributed(eachStep, config),
  ...{ tokenAndPositionEmbedding, transformerDecoder, transformerEncoder },
} as unknown as Record<keyof typeof layerTables, (config: object) => AnyLayer>; // makers check what they are given
const kinds = Object.keys(layerTables) as (keyof typeof layerTables)[]; // by its type

/** Of these, each rule finds some that it takes. */
const values: readonly unknown[] = [
  ...[true, false, 0, -0, 0.25, 0.5, 1, 2, 3, -1, -0.5, 1e-7, 5e-324, 1e300, Infinity, -Infinity, NaN, null, "", "no", "7", "layer", "a/b"],
  ...["linear", "relu", "sigmoid", "softmax", "softplus", "tanh", "softsign", "hardSigmoid", "zeros", "learnt", "after", "before", "none"],
  ...[
    "keeps",
    "replaces",
    "concat",
    "sum",
    "ave",
    "mul",
    "dot",
    "l2",
    "nonNeg",
    "heNormal",
    "identity",
    "start",
    "biased",
    "scaledDot",
    "additive",
    "float",
    "i32",
    "f32",
    "valid",
    "same",
    "causal",
  ],
  ...[
    [3, 4],
    [3],
    [2, 1],
    [2, -1],
    [-1],
    [4, 3],
    [],
    [0],
    [1.5],
    ["softmax"],
    {},
    { h: 0.5 },
    { h: 2 },
    { base: 100, interleaved: true },
    { base: 0 },
    { base: 1, more: 1 },
    { l1: 0.5 },
    { normal: 0.5 },
    { uniform: [-1, 1] },
    { maxNorm: 0.5, axis: -1 },
    () => 1,
  ],
];

/** Those that read indices. */
const ofIndices: readonly string[] = ["embedding", "reversibleEmbedding", "tokenAndPositionEmbedding"];

/** Those that read a list of values. */
const merges: readonly string[] = ["add", "average", "concatenate", "dot", "maximum", "minimum", "multiply", "subtract"];

function sampleOf(kind: keyof typeof layerTables): readonly number[] {
  return ofIndices.includes(kind) ? [3] : kind === "repeatVector" ? [4] : [3, 4];
}

/** Options without which the sample would not fit. */
const fitting: Readonly<Record<string, object>> = { groupNormalization: { groups: 2 } };

/** What it takes to make one that fits the sample. */
function leastOf(kind: keyof typeof layerTables): Record<string, unknown> {
  const required = Object.entries<AnyOption>(layerTables[kind]).filter((entry) => entry[1].required);
  return { ...Object.fromEntries(required.map(([name]) => [name, needed[name]])), ...fitting[kind] };
}

/** A model of one layer, for samples of this shape. */
function modelOf(kind: keyof typeof layerTables, layer: AnyLayer, shape: readonly number[]): Model {
  const x = input({ dtype: ofIndices.includes(kind) ? "i32" : "float", name: "first", shape });
  if (merges.includes(kind)) return model({ inputs: x, outputs: (layer as MergeLayer)([x, x]) }); // by its kind
  return sequential([x, layer]);
}

function anyConfig(kind: keyof typeof layerTables, sound: boolean): fc.Arbitrary<Record<string, unknown>> {
  const options = Object.entries<AnyOption>(layerTables[kind]).map(([name, { rule, required }]) => {
    const taken = values.filter((value) => rule.accepts(value));
    const one = fc.constantFrom(...(sound ? taken : values));
    return [name, required && sound ? one : fc.option(one, { nil: undefined, freq: sound ? 1 : 5 })] as const;
  });
  return fc
    .record(Object.fromEntries(options))
    .map((config) => Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined)));
}

function made(kind: keyof typeof layerTables, config: object): AnyLayer | undefined {
  try {
    return makers[kind](config);
  } catch (error) {
    if (error instanceof SluiceError && error.code === "INVALID_ARGUMENT") return undefined;
    throw error;
  }
}

/**
 * Undefined where it is refused: options that are each right may not go together, not with this sample, or give weights that are no numbers.
 * That no value is refused for itself is for "each value that the table takes" to say.
 */
async function saved(kind: keyof typeof layerTables, layer: AnyLayer): Promise<Uint8Array | undefined> {
  try {
    const trainer = await modelOf(kind, layer, sampleOf(kind)).compile({ backend, seed: 3 });
    const bytes = await serialize(trainer);
    trainer.dispose();
    return bytes;
  } catch (error) {
    if (error instanceof SluiceError && ["INVALID_ARGUMENT", "SHAPE_MISMATCH", "DTYPE_MISMATCH", "NOT_FINITE"].includes(error.code))
      return undefined;
    throw error;
  }
}

test.each(kinds)("%s: what is saved loads with the same options and bits, whatever the options", async (kind) => {
  let loaded = 0;
  await fc.assert(
    fc.asyncProperty(anyConfig(kind, true), async (drawn) => {
      const layer = made(kind, { ...fitting[kind], ...drawn });
      const bytes = layer && (await saved(kind, layer));
      if (layer === undefined || bytes === undefined) return;
      loaded++;
      const model = deserialize(bytes);
      expect(model.layers.at(-1)?.layer.config).toStrictEqual(layer.config);
      expect(await serialize(model)).toEqual(bytes);
    }),
    { numRuns: process.env["SLUICE_THOROUGH"] === "1" ? 100 : 20 },
  );
  expect(loaded).toBeGreaterThan(0);
});

/** Why a value that its table takes may yet be refused: for what stands beside it. */
const beside: readonly RegExp[] = [
  /a stateful layer goes on from the batch before/, // with shuffle
  /maskIndex must be one of the indices/,
  /carrySteps \d+ must be at most/,
  /[uU]nits must be .* got undefined/, // an additive score without units
  /scoreUnits must be left out/, // units that no additive score asked for
  /the score "(dot|scaledDot)" has no units/,
  /heads 3 must divide the query's features 4/,
  /keyValueHeads 3 must divide heads 2/,
  /numKeyValueHeads 3 must divide numQueryHeads 2/,
  /starts with numbers that f32 cannot hold/, // a forgetBias
  /zoneout: \w+ has no state "\w+"/,
  /(mean|variance) must be given with/,
  /f32 ends at 3.4e38/, // a scale of 1e300
  /needs (an axis|as many elements)/,
  /bidirectional gives forward, backward/, // what no sequence takes
  /has places for \d steps, got 3/,
  /needs (an axis|axes|as many elements|a sample of|equal sizes)/,
  /filters must be in \d groups/,
  /axis must be an axis, or a list of axes, each once/, // of no axes
  /needs x \[batch.*\], got x \[/, // an input of another shape than the data
  /must be another than identity, which is a matrix's/,
  /x is outside 0 … \d/, // an embedding of fewer rows than the data asks for
  /the loss or its gradient is not finite/, // a soft cap that f32 does not hold
];

test.each(kinds)("%s: each value that the table takes trains for a step, or is refused for what stands beside it", async (kind) => {
  const table = Object.entries<AnyOption>(layerTables[kind]),
    least = leastOf(kind);
  const taken = table
    .filter(([name]) => kind === "dense" || !/(Initializer|Regularizer|Constraint)$/.test(name)) // which are one thing in all layers (weightOptions.ts)
    .flatMap(([name, { rule }]) =>
      (name === "name" ? ["layer", "no"] : values).filter((each) => rule.accepts(each)).map((value) => ({ ...least, [name]: value })),
    ); // a name may be any word there is
  const refusals = await Promise.all([least, ...taken].map((config) => trainOnce(kind, config).catch((error: unknown) => error)));
  const unexplained = refusals.filter((error) => error !== undefined && !(error instanceof SluiceError && explains(error)));
  expect(unexplained).toEqual([]);
  expect(refusals[0]).toBeUndefined();
});

const needed: Readonly<Record<string, unknown>> = {
  units: 2,
  rate: 0.5,
  numHeads: 2,
  inputDim: 5,
  outputDim: 2,
  shape: [3, 4],
  targetShape: [12],
  activation: "tanh",
  ...{ headDim: 2, numQueryHeads: 2, numKeyValueHeads: 1, intermediateDim: 3 },
  ...{ vocabularySize: 5, embeddingDim: 2, sequenceLength: 5 },
  filters: 2,
  kernelSize: 2,
  dims: [2, 1],
  n: 3,
  stddev: 0.5,
  axes: -1,
  scale: 0.5,
};

function explains({ message }: SluiceError): boolean {
  return beside.some((reason) => reason.test(message));
}

/** Two samples. */
function numbersOf(kind: keyof typeof layerTables, dtype: "f32" | "f64"): HostArray {
  const shape = [2, ...sampleOf(kind)],
    data = random(1).normal(shape.reduce((a, b) => a * b, 1));
  return { dtype, shape, data: dtype === "f32" ? Float32Array.from(data) : data };
}

/** One step on numbers, or on indices. */
async function trainOnce(kind: keyof typeof layerTables, config: object): Promise<void> {
  const x: HostArray = ofIndices.includes(kind)
    ? { dtype: "i32", shape: [2, 3], data: Int32Array.of(0, 1, 2, 0, 1, 2) }
    : numbersOf(kind, "f32");
  const trainer = await modelOf(kind, makers[kind](config), x.shape.slice(1)).compile({ backend, seed: 3, loss: "mse", optimizer: sgd() });
  try {
    const { shape, data } = await trainer.predict(x);
    await trainer.fit({ x, y: { dtype: "f32", shape, data: new Float32Array(data.length) } }, { epochs: 1, batchSize: 2 });
  } finally {
    trainer.dispose();
  }
}

test.each(kinds)("%s: an option is taken where its rule takes it, in JavaScript and in a file alike", (kind) => {
  fc.assert(
    fc.property(anyConfig(kind, false), (config) => {
      const table = Object.entries<AnyOption>(layerTables[kind]);
      const right = table.every(([name, { rule, required }]) => (name in config ? rule.accepts(config[name]) : !required));
      const layer = made(kind, config);
      if (!right) expect(layer).toBeUndefined();
      if (layer !== undefined) expect("layer" in layer.config ? { ...layer.config, layer: undefined } : layer.config).toEqual(config);
    }),
  );
});

test.each(kinds.filter((kind) => kind !== "input" && !ofIndices.includes(kind)))(
  "%s: an option that is left out is what the table says",
  async (kind) => {
    const least = { ...leastOf(kind), ...(kind === "reshape" && { targetShape: [2, 6] }) };
    const all = filled(layerTables[kind], least);
    const told = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
    const x = numbersOf(kind, "f64");
    const outputs = [least, told].map(async (config) => {
      const trainer = await modelOf(kind, makers[kind](config), sampleOf(kind)).compile({ backend, seed: 3 });
      return trainer.predict(x);
    });
    const [first, second] = await Promise.all(outputs);
    expect(Object.keys(told).length).toBeGreaterThanOrEqual(Object.keys(least).length);
    expect(first).toEqual(second);
  },
);
