// What there is to fuzz of each public value of nn: its parameters, and what is done with its result.
import fc from "fast-check";
import { expect } from "vitest";
import * as core from "@sluice/core";
import { shape, text } from "@sluice/core/arguments";
import { any, edges, list, maybe, options, ruled, sizes, tensor, type Param, type Row } from "@sluice/conformance/fuzz";
import * as nn from "@sluice/nn";
import { progressTable } from "../../training/progressLine.ts";
import { layerTables, measureTables, operatingTables, otherTables } from "../tables.ts";
import { fileRows } from "./fileRows.ts";
import {
  backend,
  fitted,
  isLayerOrModel,
  isRecord,
  layered,
  measured,
  merging,
  model,
  fittedWith,
  optimizing,
  placed,
  samples,
  scheduling,
  useLayer,
  useModel,
} from "./running.ts";
import { learnable, learner, learnt, trainer } from "./trained.ts";
import { tabled, texts } from "./tabled.ts";

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
    "huber",
    nn.huber({ delta: 2 }),
    "nonsense",
  ),
  metrics: fc.array(
    fc.constantFrom("accuracy", "mae", "mse", "binaryAccuracy", "f1Score", "r2Score", "huber", nn.categoricalAccuracy, "nonsense"),
    { maxLength: 2 },
  ),
});
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
const learnBatch = any(fc.oneof(fc.record({ x: numbers.values }, { noNullPrototype: true }), fc.constant({ x: [[1, 2]] })), isRecord);
const writing = { step: fc.constant(writes), state: fc.constantFrom<unknown>({}, { h: 5 }), prompt: fc.constantFrom<unknown>([[1]], [[1], [2]], [], [[]], [[1], [1, 2]]), maxSteps: fc.constantFrom(1, 3, 0, -1, 1.5), signal: signals, end: fc.constantFrom(0, 1, -1, 7) }; // prettier-ignore
const decoded = { scores: fc.oneof(numbers.values, fc.constant([[[0.5, 0.5], [1, 0]]])), lengths: fc.constantFrom<unknown>([1], [2], [3], []) }; // prettier-ignore
const [start, other] = [nn.input(), nn.input()];
const end = nn.dense({ units: 1 })(start);
const both = nn.multiHeadAttention({ numHeads: 1 })(start, { value: other });
/** Layers that read a list of values. */
const merges = ["add", "average", "concatenate", "dot", "maximum", "minimum", "multiply", "subtract"] as const;

/** Losses and metrics without options. */
const measures = [
  "categoricalAccuracy",
  "categoricalHinge",
  "concordanceCorrelation",
  "cosineSimilarity",
  "dice",
  "hinge",
  "klDivergence",
  "logCosh",
  "meanAbsoluteError",
  "meanAbsolutePercentageError",
  "meanSquaredError",
  "meanSquaredLogarithmicError",
  "pearsonCorrelation",
  "poisson",
  "rootMeanSquaredError",
  "squaredHinge",
] as const;

/** What there is to fuzz of each export; a new one without a row fails the test. */
export const rows: Readonly<Record<string, Row | readonly Row[]>> = {
  ...Object.fromEntries(
    Object.entries(layerTables)
      .filter(([kind]) => !["bidirectional", "timeDistributed", ...merges].includes(kind))
      .map(([kind, table]) => [kind, layered(optionsOf(table))]),
  ),
  multiHeadAttention: layered(
    tabled(layerTables.multiHeadAttention, {
      rotary: fc.oneof(fc.boolean(), fc.record({ base: edges, interleaved: fc.boolean() }, { requiredKeys: [], noNullPrototype: true })),
    }),
  ),
  ...Object.fromEntries(merges.map((kind) => [kind, merging(optionsOf(layerTables[kind]))])),
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
    params: [cells, tabled(otherTables.recurrent), samples],
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
  masked: { params: [tensor, maybe(tensor)], use: (fn, args) => core.trace("fuzz", () => fn(...(placed(args) as never[])), []) },
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
  ...Object.fromEntries(measures.map((name) => [name, measured()])),
  ...Object.fromEntries(Object.entries(measureTables).map(([name, table]) => [name, measured(table)])),
  ...Object.fromEntries(
    Object.entries(operatingTables).map(([name, table]) => [
      name,
      { params: [tabled(table)], use: (fn, [config]) => (fn(config as never) as nn.Metric).sums?.count([2]) } satisfies Row,
    ]),
  ),
  summed: {
    params: [
      any(fc.constantFrom<unknown>(nn.f1Score, nn.meanSquaredError, nn.auc({ numThresholds: 3 })), isLayerOrModel),
      tensor,
      tensor,
      maybe(tensor),
    ],
    use: (fn, args) => core.trace("fuzz", () => (fn(...(placed(args) as never[])) as nn.Summed).sums, []),
  },
  progressLine: { params: [tabled(progressTable)], use: (fn, args) => fn(...(args as never[])) },
  cosineDecay: scheduling(otherTables.cosineDecay),
  cosineDecayRestarts: scheduling(otherTables.cosineDecayRestarts),
  exponentialDecay: scheduling(otherTables.exponentialDecay),
  inverseTimeDecay: scheduling(otherTables.inverseTimeDecay),
  noam: scheduling(otherTables.noam),
  linearDecay: scheduling(otherTables.linearDecay),
  competence: scheduling(otherTables.competence),
  inverseSigmoidDecay: scheduling(otherTables.inverseSigmoidDecay),
  oneCycle: scheduling(otherTables.oneCycle),
  oneCycleMomentum: scheduling(otherTables.oneCycleMomentum),
  piecewiseConstantDecay: scheduling(otherTables.piecewiseConstantDecay),
  polynomialDecay: scheduling(otherTables.polynomialDecay),
  warmUp: scheduling(otherTables.warmUp),
  plateau: {
    params: [tabled(otherTables.plateau), any(edges, (value) => typeof value === "number")],
    use: (fn, [config, value]) => {
      const rule = fn(config as never) as nn.Plateau;
      expect(rule.next(rule.next(rule.start, value as number), 0).learningRate).toBeGreaterThanOrEqual(0);
    },
  },
  reduceLROnPlateau: {
    params: [maybe(tabled(otherTables.reduceLROnPlateau))],
    use: (fn, args) => fittedWith(fn(...(args as never[])) as nn.Callback),
  },
  sgd: optimizing(otherTables.sgd),
  rmsprop: optimizing(otherTables.rmsprop),
  adagrad: optimizing(otherTables.adagrad),
  adadelta: optimizing(otherTables.adadelta),
  adam: optimizing(otherTables.adam),
  adamW: optimizing(otherTables.adamW),
  adamax: optimizing(otherTables.adamax),
  nadam: optimizing(otherTables.nadam),
  lion: optimizing(otherTables.lion),
  ftrl: optimizing(otherTables.ftrl),
  lamb: optimizing(otherTables.lamb),
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
  ctcGreedy: { params: [tabled(otherTables.ctcGreedy, decoded)], use: (fn, [given]) => fn(given as never) },
  ctcBeamSearch: {
    params: [tabled(otherTables.ctcBeamSearch, { ...decoded, beams: fc.constantFrom(1, 3, 0) })],
    use: (fn, [given]) => fn(given as never),
  },
  locateNotFinite: {
    params: [data, maybe(tabled(otherTables.locateNotFinite))],
    use: (_, [given, config]) => nn.locateNotFinite(trainer, given as never, config as never),
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
  ...fileRows,
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
    params: [
      maybe(any(sizes, shape.accepts)),
      maybe(tabled(otherTables["model.summary"], { backends: fc.array(fc.constant(backend), { maxLength: 2 }) })),
    ],
    use: (_, [given, config]) => String(nn.sequential([nn.lstm({ units: 2 })]).summary(given as never, config as never)),
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

/** Of a layer; they may be left out where none is required. */
function optionsOf(table: object): Param {
  return Object.values(table as Record<string, { required: boolean }>).some(({ required }) => required)
    ? tabled(table)
    : maybe(tabled(table));
}
