import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect } from "vitest";
import * as core from "@sluice/core";
import { shape, text } from "@sluice/core/arguments";
import { open } from "@sluice/core/reference";
import { any, edges, Later, list, maybe, options, ruled, sizes, tensor, type Fn, type Param, type Row } from "@sluice/conformance/fuzz";
import * as nn from "@sluice/nn";
import * as files from "@sluice/nn/node";
import { layerTables, otherTables } from "../tables.ts";
import { progressTable } from "../../training/progressLine.ts";
import { tabled, texts } from "./tabled.ts";

const backend = await open();
/** Where the rows read and write files; whoever runs them removes it. */
export const folder = mkdtempSync(join(tmpdir(), "sluice-fuzz-"));

const model = nn.sequential([nn.input({ shape: [2] }), nn.dense({ units: 1 })]);
const trainer = await model.compile({ backend, optimizer: nn.sgd(), loss: "mse" });
const bytes = await nn.serialize(trainer, { optimizer: true });
const path = join(folder, "model.safetensors");
await files.saveModel(path, trainer);

const samples: Param = any(
  fc.oneof({ weight: 3, arbitrary: fc.constantFrom<number[]>([3], [2, 3], [4, 2], [], [2, 2, 2], [2, 4]) }, sizes),
);
const numbers = any(
  fc.oneof(
    edges,
    fc.array(edges, { maxLength: 3 }),
    fc.constantFrom<unknown>(
      [[1, 2]],
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      [[1], [2], [3]],
      new Float32Array(2),
      [Float32Array.of(1, 2)],
      { shape: [2, 2], dtype: "f32", data: new Float32Array(4) },
      { shape: [2, 2], dtype: "f32", data: new Float32Array(3) },
      { shape: [0, 2], dtype: "f32", data: new Float32Array(0) },
    ),
    fc.array(fc.array(edges, { maxLength: 2 }), { maxLength: 3 }),
  ),
  (value) => !["string", "boolean", "bigint", "undefined", "symbol", "function"].includes(typeof value) && value !== null,
);
const matched = fc.constant({ x: [[1, 2]], y: [[1]] });
const dataRecord = options({ x: numbers, y: numbers, sampleWeight: numbers });
const data: Param = {
  ...dataRecord,
  values: fc.oneof(
    matched,
    fc.record({ x: numbers.values, y: numbers.values, sampleWeight: numbers.values }, { requiredKeys: ["x", "y"], noNullPrototype: true }),
  ),
};
const cells = any(fc.constantFrom(core.rnn(), core.lstm(), core.gru(), core.mgu()), isRecord);
const isLayerOrModel = (value: unknown): boolean => isRecord(value) || typeof value === "function";
const recurrentLayers = any(
  fc.constantFrom(nn.lstm({ units: 2 }), nn.gru({ units: 2, goBackwards: true }), nn.mgu({ units: 1, returnSequences: true })),
  isLayerOrModel,
);
const signals = fc.constantFrom(new AbortController().signal, AbortSignal.abort());
const epochs = fc.constantFrom(1, 2, 0, -1, 1.5, NaN, Infinity, 2 ** 31, 1e12, 1e308);
const fitting = tabled(otherTables["trainer.fit"], { epochs, signal: signals, validationData: data.values });
const batching = tabled(otherTables["trainer.predict"], { signal: signals });
const compiling = tabled(otherTables["model.compile"], {
  backend: fc.constant(backend),
  optimizer: fc.constantFrom(nn.sgd(), nn.adam(), nn.adamW({ clipNorm: 1 })),
  loss: fc.constantFrom(
    "mse",
    "mae",
    "binaryCrossentropy",
    "categoricalCrossentropy",
    "sparseCategoricalCrossentropy",
    nn.meanSquaredError,
    "nonsense",
  ),
  metrics: fc.array(fc.constantFrom("accuracy", "mae", "mse", "binaryAccuracy", nn.categoricalAccuracy, "nonsense"), { maxLength: 2 }),
});
const learnable = { kernel: { axes: { features: 2, out: 1 }, init: "zeros" } } as const;
const learnt = (weights: { readonly kernel: core.Tensor }, { x }: { readonly x: core.Tensor }) => core.square(x.dot(weights.kernel)).mean();
const learning = tabled(otherTables.learn, {
  weights: fc.constantFrom<unknown>(learnable, { ...learnable, list: [learnable] }, { kernel: 1 }, {}),
  inputs: fc.constantFrom<unknown>({ x: "float" }, { x: { dtype: "float", axes: ["batch", "features"] } }, { y: "float" }),
  loss: fc.constant(learnt),
  optimizer: fc.constantFrom(nn.sgd(), nn.adamW({ clipNorm: 1 })),
  groups: fc.array(tabled(otherTables["learn groups"], { weights: fc.constantFrom<unknown>("kernel", /./, "none") }).values, {
    maxLength: 2,
  }),
  state: fc.constantFrom<unknown>({}, { h: [0] }, { h: "text" }),
  masks: fc.constantFrom<unknown>({}, { x: { shape: [2], rate: 0.5 } }, { x: { shape: [0], rate: 2 } }),
});
/** Scores that fall with the token. */
const writes = (tokens: core.HostArray) =>
  Promise.resolve({
    scores: core.array(
      backend,
      Array.from({ length: tokens.shape[0]! }, () => [3, 2, 1]),
    ),
    state: {},
  });
const learner = await nn.learn(backend, { weights: learnable, inputs: { x: "float" }, loss: learnt, optimizer: nn.adam() });
await learner.step({ x: [[1, 2]] });
const checkpoint = await learner.checkpoint();
const checkpointBytes = nn.serializeCheckpoint(checkpoint);
const checkpointPath = join(folder, "learner.safetensors");
await files.saveCheckpoint(checkpointPath, checkpoint);
const checkpoints = any(fc.constantFrom<unknown>(checkpoint, { ...checkpoint, batches: -1 }, { ...checkpoint, weights: {} }), isRecord);
const learnBatch = any(fc.oneof(fc.record({ x: numbers.values }, { noNullPrototype: true }), fc.constant({ x: [[1, 2]] })), isRecord);
const writing = { step: fc.constant(writes), state: fc.constantFrom<unknown>({}, { h: 5 }), prompt: fc.constantFrom<unknown>([[1]], [[1], [2]], [], [[]], [[1], [1, 2]]), maxSteps: fc.constantFrom(1, 3, 0, -1, 1.5), signal: signals, end: fc.constantFrom(0, 1, -1, 7) }; // prettier-ignore
const saving = maybe(tabled(otherTables["serialize, saveModel"]));
const loading = maybe(tabled(otherTables["deserialize, loadModel"]));
const [start, other] = [nn.input(), nn.input()];
const end = nn.dense({ units: 1 })(start);
const both = nn.multiHeadAttention({ numHeads: 1 })(start, { value: other });
const sources = any(fc.constantFrom<unknown>(model, trainer), isLayerOrModel);

/** Layers that read a list of values. */
const merges = ["add", "average", "concatenate", "maximum", "minimum", "multiply", "subtract"] as const;

/** What there is to fuzz of each export; a new one without a row fails the test. */
export const rows: Readonly<Record<string, Row | readonly Row[]>> = {
  ...Object.fromEntries(
    Object.entries(layerTables)
      .filter(([kind]) => !["bidirectional", "timeDistributed", ...merges].includes(kind))
      .map(([kind, table]) => [kind, layered(isOptional(table) ? maybe(tabled(table)) : tabled(table))]),
  ),
  multiHeadAttention: layered(
    tabled(layerTables.multiHeadAttention, {
      rotary: fc.oneof(fc.boolean(), fc.record({ base: edges, interleaved: fc.boolean() }, { requiredKeys: [], noNullPrototype: true })),
    }),
  ),
  ...Object.fromEntries(merges.map((kind) => [kind, merging(layerTables[kind])])),
  timeDistributed: layered(
    any(
      fc.constantFrom<unknown>(nn.dense({ units: 2 }), nn.dropout({ rate: 0.5 }), model, nn.lstm({ units: 1, stateful: true })),
      isLayerOrModel,
    ),
    maybe(tabled(layerTables.timeDistributed)),
  ),
  lambda: layered(
    any(
      fc.constantFrom<unknown>(
        (x: core.Tensor) => x.mul(2),
        (x: core.Tensor) => x.sum(),
        (x: core.Tensor) => x.transpose(),
        () => 1,
      ),
      (value) => typeof value === "function",
    ),
    maybe(tabled(otherTables.lambda)),
  ),
  bidirectional: layered(recurrentLayers, maybe(tabled(layerTables.bidirectional))),
  attentionDecoder: {
    params: [recurrentLayers, maybe(tabled(otherTables.attentionDecoder)), samples],
    use: (fn, [inside, config, sample]) => {
      const layer = fn(inside as never, config as never) as ReturnType<typeof nn.attentionDecoder>;
      const x = nn.input();
      return useModel(nn.model({ inputs: x, outputs: layer(x, { memory: nn.dense({ units: 2 })(x) }) }), sample as never);
    },
  },
  recurrent: {
    params: [cells, tabled(layerTables.mgu), samples],
    use: (_, [cell, config, sample]) => useLayer(nn.recurrent(cell as core.Cell)(config as never), sample as never),
  },
  sequential: {
    params: [
      list(
        any(
          fc.constantFrom(nn.dense({ units: 2 }), nn.dropout({ rate: 0.5 }), nn.lstm({ units: 1, name: "a" }), nn.input({ shape: [2] })),
          isLayerOrModel,
        ),
      ),
      maybe(options({ name: ruled(text, texts) })),
      samples,
    ],
    use: (_, [layers, config, sample]) => useModel(nn.sequential(layers as never, config as never), sample as never),
  },
  layer: {
    params: [
      any(
        fc.constantFrom<unknown>(
          { kind: "same", config: {}, build: (given: unknown) => ({ output: given, weights: {}, apply: (_: unknown, x: unknown) => x }) },
          { kind: "none" },
        ),
        isRecord,
      ),
      samples,
    ],
    use: (fn, [definition, sample]) => useLayer(fn(definition as never) as nn.AnyLayer, sample as never),
  },
  masked: { params: [tensor, tensor], use: (fn, args) => core.trace("fuzz", () => fn(...(placed(args) as never[])), []) },
  model: {
    params: [
      tabled(otherTables.model, {
        inputs: fc.constantFrom<unknown>(start, { a: start }, { a: start, b: other }, {}, { a: end }),
        outputs: fc.constantFrom<unknown>(end, { y: end }, { y: end, z: both }, {}, start),
      }),
      samples,
    ],
    use: (fn, [config, sample]) => {
      const made = fn(config as never) as nn.Model;
      return made.ends.inputs === null && made.ends.outputs === null ? useModel(made, sample as never) : undefined;
    },
  },
  binaryCrossentropy: measured(),
  categoricalCrossentropy: measured(),
  meanAbsoluteError: measured(),
  meanSquaredError: measured(),
  sparseCategoricalCrossentropy: measured(),
  binaryAccuracy: measured(),
  categoricalAccuracy: measured(),
  sparseCategoricalAccuracy: measured(),
  progressLine: { params: [tabled(progressTable)], use: (fn, args) => fn(...(args as never[])) },
  sgd: optimizing(otherTables.sgd),
  adam: optimizing(otherTables.adam),
  adamW: optimizing(otherTables.adamW),
  serialize: {
    params: [sources, saving],
    use: async (fn, args) => nn.deserialize((await fn(...(args as never[]))) as never, { allowNonFinite: true }),
  },
  deserialize: {
    params: [
      any(
        fc.oneof(
          fc.constantFrom<unknown>(bytes, bytes.buffer, bytes.subarray(0, 9), new Uint8Array(3)),
          fc
            .tuple(fc.nat({ max: bytes.length - 1 }), fc.nat({ max: 255 }))
            .map(([at, byte]) => bytes.map((old, i) => (i === at ? byte : old))),
        ),
        isRecord,
      ),
      loading,
    ],
    use: async (fn, args) => {
      const read = (await fn(...(args as never[]))) as nn.Model;
      (await read.compile({ backend })).dispose();
    },
  },
  deserializeWith: {
    params: [
      any(
        fc.oneof(
          fc.constantFrom<unknown>(bytes, bytes.buffer, bytes.subarray(0, 9), new Uint8Array(3)),
          fc
            .tuple(fc.nat({ max: bytes.length - 1 }), fc.nat({ max: 255 }))
            .map(([at, byte]) => bytes.map((old, i) => (i === at ? byte : old))),
        ),
        isRecord,
      ),
      tabled(otherTables["deserialize, loadModel"]),
    ],
    use: async (fn, args) => {
      const read = (await fn(...(args as never[]))) as nn.Model;
      (await read.compile({ backend })).dispose();
    },
  },
  generate: {
    params: [tabled(otherTables.generate, writing)],
    use: async (fn, [given]) => {
      for await (const tokens of fn(given as never) as AsyncIterable<Int32Array>) expect(tokens.length).toBeGreaterThan(0);
    },
  },
  beamSearch: {
    params: [tabled(otherTables.beamSearch, { ...writing, beams: fc.constantFrom(1, 2, 5, 0) })],
    use: (fn, [given]) => fn(given as never),
  },
  learn: {
    params: [any(fc.constant(backend), (value) => value === backend), learning],
    use: async (_, [on, given]) => {
      const made = await nn.learn(on as never, given as never);
      await made.step({ x: [[1, 2]] } as never);
      await nn.learn(on as never, { ...(given as object), from: await made.checkpoint() } as never).then((next) => next.dispose());
      made.dispose();
    },
  },
  serializeCheckpoint: { params: [checkpoints], use: async (fn, [given]) => nn.deserializeCheckpoint((await fn(given as never)) as never) },
  deserializeCheckpoint: {
    params: [
      any(
        fc.oneof(
          fc.constantFrom<unknown>(checkpointBytes, checkpointBytes.buffer, bytes, checkpointBytes.subarray(0, 9)),
          fc
            .tuple(fc.nat({ max: checkpointBytes.length - 1 }), fc.nat({ max: 255 }))
            .map(([at, byte]) => checkpointBytes.map((old, i) => (i === at ? byte : old))),
        ),
        isRecord,
      ),
    ],
    use: async (fn, [given]) => {
      const { weights, slots } = (await fn(given as never)) as nn.LearnerCheckpoint;
      await learner.setWeights({ kernel: weights["kernel"]! });
      expect(slots).toBeDefined();
    },
  },
  saveCheckpoint: { params: [any(fc.constantFrom(checkpointPath, "", folder, "a\0b"), isText), checkpoints], use: useFile },
  loadCheckpoint: { params: [any(fc.constantFrom(checkpointPath, path, "", join(folder, "none"), folder, "a\0b"), isText)], use: useFile },
  saveModel: {
    params: [any(fc.constantFrom(path, "", join(folder, "none", "model"), folder, "a\0b"), isText), sources, saving],
    use: useFile,
  },
  loadModel: { params: [any(fc.constantFrom(path, "", join(folder, "none"), folder, "a\0b"), isText), loading], use: useFile },
};

export const verbs: Readonly<Record<string, Row>> = {
  "model.compile": {
    params: [compiling],
    use: async (_, [given]) => {
      const made = await model.compile(given as never);
      await fitted(made, { x: [[1, 2]], y: [[1]] }, { epochs: 1 });
    },
  },
  "model.build": { params: [any(sizes, shape.accepts)], use: (_, [given]) => model.build(model.sample(given as never)) },
  "model.summary": {
    params: [maybe(any(sizes, shape.accepts))],
    use: (_, [given]) => String(nn.sequential([nn.lstm({ units: 2 })]).summary(given as never)),
  },
  "trainer.fit": { params: [data, fitting], use: (_, [given, config]) => trainer.fit(given as never, config as never) },
  "trainer.evaluate": { params: [data, maybe(batching)], use: (_, [given, config]) => trainer.evaluate(given as never, config as never) },
  "trainer.predict": { params: [numbers, maybe(batching)], use: (_, [given, config]) => trainer.predict(given as never, config as never) },
  "learner.step": { params: [learnBatch], use: (_, [given]) => learner.step(given as never) },
  "learner.evaluate": { params: [learnBatch], use: (_, [given]) => learner.evaluate(given as never) },
  "learner.setState": { params: [any(fc.anything({ maxDepth: 2 }))], use: (_, [given]) => learner.setState(given as never) },
  "learner.compile": {
    params: [
      any(
        fc.constantFrom(
          () => 1,
          (w: typeof learnable) => w.kernel,
        ),
        (value) => typeof value === "function",
      ),
      numbers,
    ],
    use: async (_, [given, x]) => learner.compile(given as never)(x as never),
  },
  "trainer.setWeights": {
    params: [
      any(
        fc.record(
          {
            dense: fc.record({ kernel: numbers.values, bias: numbers.values }, { requiredKeys: [], noNullPrototype: true }),
            nonsense: numbers.values,
          },
          { requiredKeys: ["dense"], noNullPrototype: true },
        ),
        isRecord,
      ),
    ],
    use: (_, [given]) => trainer.setWeights(given as never),
  },
  "trainer.checkpoint": {
    params: [maybe(options({ optimizer: any(fc.boolean()) }))],
    use: (_, [given]) => trainer.checkpoint(given as never),
  },
};

/** A layer of a list of values, in a model that gives it one twice. */
function merging(table: object): Row {
  return {
    params: [maybe(tabled(table)), samples],
    use: (fn, [config, sample]) => {
      const x = nn.input();
      return useModel(nn.model({ inputs: x, outputs: (fn(config as never) as nn.MergeLayer)([x, x]) }), sample as never);
    },
  };
}

/** A layer, in a model of its own for samples of any shape. */
function layered(...params: readonly Param[]): Row {
  return {
    params: [...params, samples],
    use: (fn, args) => useLayer(fn(...(args.slice(0, -1) as never[])) as nn.AnyLayer, args.at(-1) as never),
  };
}

function useLayer(layer: nn.AnyLayer, sample: core.Shape): Promise<void> {
  return useModel(nn.sequential([layer]), sample);
}

/** Trained on two samples, where a sample is small. */
async function useModel(made: nn.Model, sample: core.Shape): Promise<void> {
  const { shape: size, dtype } = made.sample(sample),
    { y: output } = made.build(made.sample(size)).outputs;
  if (output === undefined || output.spec.dtype !== "float" || [size, output.spec.shape].some((axes) => elements(axes) > 1000)) return;
  await fitted(
    await made.compile({ backend, optimizer: nn.sgd(), loss: "mse" }),
    {
      x: {
        shape: [2, ...size],
        dtype: dtype === "i32" ? "i32" : "f32",
        data: new (dtype === "i32" ? Int32Array : Float32Array)(2 * elements(size)),
      },
      y: { shape: [2, ...output.spec.shape], dtype: "f32", data: new Float32Array(2 * elements(output.spec.shape)) },
    },
    { epochs: 1, batchSize: 2 },
  );
}

async function fitted(made: nn.Trainer, given: nn.Data, config: nn.FitOptions): Promise<void> {
  try {
    await made.fit(given, config);
  } finally {
    made.dispose();
  }
}

/** A loss or a metric: what it takes as targets, and traced over tensors that fit, or do not. */
function measured(): readonly Row[] {
  return [
    { params: [any(sizes, shape.accepts)], use: (measure, [output]) => (measure as unknown as nn.Measure).target(output as core.Shape) },
    {
      params: [tensor, tensor],
      use: (measure, [y, z]) =>
        core.trace(
          "fuzz",
          () => {
            const { perSample } = measure as unknown as nn.Measure;
            return perSample(...(placed([y, z]) as [core.Tensor, core.Tensor]));
          },
          [],
        ),
    },
  ];
}

function placed(args: readonly unknown[]): readonly unknown[] {
  return args.map((each) => (each instanceof Later ? core.constant(0, each.spec.shape, each.spec.dtype) : each));
}

/** It trains a model for an epoch. */
function optimizing(table: object): Row {
  return {
    params: [maybe(tabled(table))],
    use: async (fn, args) => {
      const optimizer = fn(...(args as never[])) as nn.Optimizer;
      await fitted(await model.compile({ backend, optimizer, loss: "mse" }), { x: [[1, 2]], y: [[1]] }, { epochs: 1 });
    },
  };
}

/** Never a file but those in the folder. */
async function useFile(fn: Fn, args: readonly unknown[]): Promise<void> {
  const [at] = args;
  if (isText(at) && at !== "" && !at.startsWith(folder) && !at.includes("\0"))
    throw new core.SluiceError({ code: "FILE_NOT_FOUND", who: "fuzz", what: "outside" });
  await fn(...(args as never[]));
}

function isOptional(table: object): boolean {
  return Object.values(table as Record<string, { required: boolean }>).every(({ required }) => !required);
}

function elements(axes: core.Shape): number {
  return axes.reduce((n, m) => n * m, 1);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isRecord(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
