// What there is to fuzz of each public function of core: its parameters, and what is done with its result.
import fc from "fast-check";
import * as core from "@sluice/core";
import { anyNumber, count, finite, nonNegative, positive, rate, seed, shape, size, text } from "@sluice/core/arguments";
import {
  any,
  axis,
  edges,
  flag,
  junk,
  Later,
  list,
  maybe,
  name,
  operand,
  options,
  ruled,
  sizes,
  tensor,
  tensorOf,
  type Row,
} from "../../fuzz/index.ts";
import { backend, execute, made, plain, program, traced, tracedThen, useCell } from "./using.ts";

const texts = fc.constantFrom("a", "", "__proto__", "x".repeat(1000));
const activation = name(...Object.keys(core.activations));
const dtypes = name("f32", "f64", "i32"),
  floats = name("f32", "f64");
const shapeOf = ruled(shape, sizes);
const values = any(
  fc.oneof(
    edges,
    fc.array(edges, { maxLength: 3 }),
    fc.array(fc.array(edges, { maxLength: 2 }), { maxLength: 2 }),
    fc.constantFrom(new Float32Array(4), Uint8Array.of(1, 2), new Float64Array(0)),
  ),
  (value) => !["string", "boolean", "bigint", "undefined", "symbol", "function"].includes(typeof value) && value !== null,
);
const trees = fc.oneof(
  fc.anything({ maxDepth: 2 }),
  fc.constant(null).map(() => ({ a: core.array(backend, [1, 2]), b: [core.array(backend, 3)] })),
);
const backends = any(fc.constant(backend), (value) => value === backend);
const fold = options({ keepDims: flag });
const axes = maybe(any(fc.oneof(edges, fc.array(edges, { maxLength: 2 }))));
const visible = {
  causal: any(fc.constantFrom<unknown>(true, false, "start", "end", "middle", 1), (value) =>
    [true, false, "start", "end"].includes(value as never),
  ),
  keyLengths: tensorOf("i32", 2),
  mask: tensor,
  bias: tensor,
  softCap: ruled(positive),
  dropout: tensor,
  residual: tensor,
};
const q = tensorOf("f32", 2, 3, 4);
const attending = options(visible);
const unary = traced(tensor),
  binary = traced(operand, operand);
const weight = options({
  axes: any(fc.dictionary(fc.constantFrom("a", "b", "c"), fc.oneof(edges, fc.constant(65536)), { noNullPrototype: true })),
  init: any(
    fc.oneof(
      fc.constantFrom<unknown>("zeros", "glorotUniform", "heNormal", "orthogonal", "identity", "nonsense"),
      fc.dictionary(fc.constantFrom("constant", "uniform", "normal", "truncatedNormal", "orthogonal", "identity"), edges, {
        maxKeys: 2,
        noNullPrototype: true,
      }),
      fc.record({ varianceScaling: fc.dictionary(fc.constantFrom("scale", "mode", "gain"), edges, { noNullPrototype: true }) }),
      fc.record({ columns: fc.array(fc.constantFrom("zeros", "ones"), { maxLength: 3 }) }),
    ),
  ),
});
const sizesOfCell = options({ input: ruled(count), units: ruled(size) });
const runs = options({
  lengths: tensorOf("i32", 2),
  mask: tensor,
  timeMajor: flag,
  state: any(fc.constantFrom(undefined, {}, { h: new Later({ shape: [2, 3], dtype: "f32" }) })),
  extras: any(fc.constantFrom(undefined, {}, { nonsense: new Later({ shape: [2], dtype: "f32" }) })),
});

const pooled = options({ size: ruled(size), stride: ruled(size), padding: name("valid", "same"), mask: tensor });

/** What there is to fuzz of each export; a new one without a row fails the test. */
export const rows: Readonly<Record<string, Row | readonly Row[]>> = {
  check: {
    params: [
      any(
        fc.record({
          name: texts,
          slots: fc.array(
            fc.record({ dtype: fc.constantFrom("f32", "i32"), length: edges, binding: edges }, { requiredKeys: ["dtype", "length"] }),
            { maxLength: 2 },
          ),
          steps: fc.array(
            fc.record(
              {
                kind: fc.constantFrom("map", "scan", "reduce", "nonsense"),
                length: edges,
                shape: sizes,
                body: fc.constant([]),
                inputs: fc.constant([]),
                outputs: fc.constant([]),
              },
              { noNullPrototype: true },
            ),
            { maxLength: 2 },
          ),
        }),
      ),
    ],
    use: (fn, args) => legal(() => fn(...(args as never[]))),
  },
  // The library makes them; its texts are texts.
  SluiceError: { params: [], use: () => new core.SluiceError({ code: "INTERNAL", who: "a", what: "b" }) },
  Tensor: {
    params: [
      any(tensor.values),
      any(
        fc.constantFrom(
          "add",
          "sub",
          "mul",
          "div",
          "less",
          "dot",
          "matmul",
          "sum",
          "mean",
          "max",
          "reshape",
          "transpose",
          "slice",
          "at",
          "flip",
          "expand",
          "squeeze",
          "broadcastTo",
          "named",
        ),
      ),
      any(fc.oneof(edges, sizes, tensor.values)),
      any(edges),
    ],
    use: (_, args) =>
      program(
        (x: core.Tensor, method: "add", a: never, b: never) =>
          x instanceof core.Tensor && typeof method === "string" && typeof x[method] === "function"
            ? (x[method] as (...args: never[]) => unknown)(a, b)
            : x,
        args,
      ),
  },
  NDArray: {
    params: [backends, dtypes, shapeOf, maybe(options({ name: ruled(text, texts) })), any(edges)],
    use: (_, [b, d, s, o, at]) => useArray(new core.NDArray(b as never, d as never, s as never, o as never), at as number),
  },
  add: binary,
  sub: binary,
  mul: binary,
  div: binary,
  maximum: binary,
  minimum: binary,
  less: binary,
  lessEqual: binary,
  greater: binary,
  greaterEqual: binary,
  equal: binary,
  notEqual: binary,
  neg: unary,
  where: traced(tensor, operand, operand),
  constant: traced(ruled(anyNumber), maybe(shapeOf), maybe(dtypes)),
  iota: traced(ruled(count), maybe(dtypes)),
  literal: traced(values, maybe(shapeOf), maybe(dtypes)),
  abs: unary,
  cast: traced(tensor, dtypes),
  ceil: unary,
  clip: traced(tensor, ruled(anyNumber), ruled(anyNumber)),
  cos: unary,
  erf: unary,
  exp: unary,
  expm1: unary,
  floor: unary,
  log1p: unary,
  log: unary,
  relu: unary,
  round: unary,
  sigmoid: unary,
  sin: unary,
  softplus: unary,
  sqrt: unary,
  square: unary,
  stopGradient: unary,
  tanh: unary,
  gather: traced(tensor, tensorOf("i32", 3)),
  oneHot: traced(tensorOf("i32", 3), ruled(count), maybe(dtypes), maybe(axis)),
  at: traced(tensor, axis, axis),
  broadcastTo: traced(tensor, shapeOf),
  concat: traced(list(tensor), maybe(axis)),
  expand: traced(tensor, axis),
  flip: traced(tensor, axis),
  named: traced(tensor, list(maybe(ruled(text, texts)))),
  pad: traced(tensor, any(fc.array(fc.tuple(edges, edges), { maxLength: 3 })), maybe(ruled(anyNumber))),
  reshape: traced(tensor, any(sizes)),
  slice: traced(tensor, axis, axis, maybe(axis)),
  split: traced(tensor, any(fc.oneof(edges, fc.array(edges, { maxLength: 3 }))), maybe(axis)),
  squeeze: traced(tensor, axis),
  stack: traced(list(tensor), maybe(axis)),
  transpose: traced(tensor, maybe(list(axis))),
  dot: traced(tensor, tensorOf("f32", 3, 3)),
  matmul: traced(tensorOf("f32", 2, 3), tensorOf("f32", 3, 3)),
  pow: binary,
  argmax: traced(tensor, maybe(axis)),
  argmin: traced(tensor, maybe(axis)),
  cumulativeSum: traced(tensor, maybe(axis), maybe(options({ exclusive: flag, reverse: flag }))),
  topK: traced(tensor, ruled(count), maybe(options({ axis, largest: flag }))),
  sort: traced(tensor, maybe(axis), maybe(options({ descending: flag }))),
  argsort: traced(tensor, maybe(axis), maybe(options({ descending: flag }))),
  logSoftmax: traced(tensor, maybe(axis)),
  max: traced(tensor, axes, maybe(fold)),
  min: traced(tensor, axes, maybe(fold)),
  mean: traced(tensor, axes, maybe(fold)),
  softmax: traced(tensor, maybe(axis)),
  sum: traced(tensor, axes, maybe(fold)),
  scan: traced(
    options({
      state: any(fc.oneof(tensor.values, fc.record({ h: tensor.values }, { noNullPrototype: true }))),
      inputs: any(fc.oneof(tensor.values, fc.record({ x: tensor.values }, { noNullPrototype: true }), fc.constant([]))),
      step: any(
        fc.constant((state: unknown, inputs: unknown) => ({ state, output: inputs })),
        (value) => typeof value === "function",
      ),
      steps: ruled(count),
      reverse: flag,
      name: ruled(text, texts),
    }),
  ),
  mapTensors: traced(
    any(fc.oneof(tensor.values, fc.dictionary(fc.constantFrom("a", "b"), tensor.values, { noNullPrototype: true }))),
    any(
      fc.constant((x: core.Tensor) => (x instanceof core.Tensor ? x.add(x) : x)),
      (value) => typeof value === "function",
    ),
  ),
  tensorsOf: traced(any(fc.oneof(tensor.values, fc.dictionary(fc.constantFrom("a", "b"), tensor.values, { noNullPrototype: true })))),
  scope: traced(
    ruled(text, texts),
    any(
      fc.constant(() => core.iota(2)),
      (value) => typeof value === "function",
    ),
  ),
  assign: traced(tensor, tensor),
  trace: made(
    (result: core.Traced) => execute(core.lowerGraph(result.graph, backend.supports)),
    ruled(text, texts),
    any(
      fc.constant((x: unknown) => x),
      (value) => typeof value === "function",
    ),
    list(
      any(
        fc.record({ shape: sizes, dtype: fc.constantFrom("f32", "i32") }, { noNullPrototype: true }),
        (value) => !isRecord(value) || !("shape" in value) || shape.accepts(value.shape), // otherwise a tree, which may be empty
      ),
      1,
    ),
  ),
  leavesOf: plain(
    any(fc.anything({ maxDepth: 2 })),
    any(
      fc.constant((value: unknown) => typeof value === "number"),
      (value) => typeof value === "function",
    ),
  ),
  mapTree: plain(
    any(fc.anything({ maxDepth: 2 })),
    any(
      fc.constant((value: unknown) => typeof value === "number"),
      (value) => typeof value === "function",
    ),
    any(
      fc.constant((value: unknown) => value),
      (value) => typeof value === "function",
    ),
  ),
  gradient: traced(tensor, any(fc.oneof(tensor.values, fc.array(tensor.values, { maxLength: 2 }))), maybe(tensor)),
  valueAndGradient: tracedThen(
    (fn: (x: core.Tensor) => { value: core.Tensor; gradients: never }) => fn(core.constant(1, [2])),
    any(
      fc.constant((x: core.Tensor) => x.sum()),
      (value) => typeof value === "function",
    ),
  ),
  array: made(
    (x: core.NDArray) => useArray(x),
    backends,
    values,
    maybe(options({ shape: shapeOf, dtype: dtypes, name: ruled(text, texts) })),
  ),
  hostArray: plain(values, maybe(options({ shape: shapeOf, dtype: dtypes }))),
  zeros: made((x: core.NDArray) => useArray(x), backends, shapeOf, maybe(options({ dtype: dtypes, name: ruled(text, texts) }))),
  toBackend: made(
    async (tree: unknown) => {
      await core.toHost(tree);
      core.disposeAll(tree);
    },
    backends,
    any(fc.oneof(values.values, fc.dictionary(fc.constantFrom("a", "b"), values.values, { noNullPrototype: true }))),
  ),
  toHost: plain(any(trees)),
  disposeAll: plain(any(trees)),
  compile: made(
    async (run: core.Compiled<[never], core.Tensor>) => {
      for (const given of await fc.sample(values.values, 2)) await run(given as never);
      run.dispose();
    },
    backends,
    any(
      fc.constant((x: core.Tensor) => (x instanceof core.Tensor ? x.add(x) : x)),
      (value) => typeof value === "function",
    ),
    maybe(options({ name: ruled(text, texts), cacheSize: ruled(count) })),
  ),
  lowerGraph: plain(
    any(fc.constant(core.trace("same", (x: unknown) => x, [{ shape: [2], dtype: "f32" }]).graph)),
    any(fc.constant(backend.supports)),
    maybe(any(fc.constant(core.pipeline))),
  ),
  explain: plain(any(fc.constant(core.trace("same", (x: unknown) => x, [{ shape: [2], dtype: "f32" }]).graph)), any(fc.constant(backend))),
  cell: made(
    useCell,
    options({
      name: ruled(text, texts),
      weights: any(fc.constant(() => ({}))),
      state: any(fc.constant(() => ({}))),
      step: any(fc.constant((_: unknown, x: unknown) => ({ output: x, state: {} }))),
    }),
  ),
  rnn: made(useCell, maybe(options({ activation, useBias: flag }))),
  lstm: made(
    useCell,
    maybe(
      options({
        peepholes: flag,
        coupled: flag,
        projection: ruled(size),
        layerNorm: flag,
        cellClip: ruled(positive),
        forgetBias: ruled(finite),
        useBias: flag,
        activation,
        recurrentActivation: activation,
      }),
    ),
  ),
  gru: made(
    useCell,
    maybe(
      options({
        reset: name("after", "before", "none"),
        update: name("keeps", "replaces"),
        layerNorm: flag,
        useBias: flag,
        activation,
        recurrentActivation: activation,
      }),
    ),
  ),
  mgu: made(useCell, maybe(options({ useBias: flag }))),
  zoneout: made(
    useCell,
    cells(),
    options({
      rates: any(
        fc.oneof(edges, fc.record({ h: edges }, { noNullPrototype: true }), fc.record({ nonsense: edges }, { noNullPrototype: true })),
        (value) => typeof value !== "number" || rate.accepts(value),
      ),
    }),
  ),
  variationalDropout: made(useCell, cells(), maybe(options({ states: list(name("h")) }))),
  recurrence: [
    made(
      (r: core.Recurrence<unknown, unknown>) => r.weights({ input: 2, units: 3 }),
      cells(),
      maybe(options({ reverse: flag, initialState: name("zeros", "learnt") })),
    ),
    {
      params: [tensorOf("f32", 2, 2, 2), maybe(runs)],
      use: (_, args) =>
        program(
          (x: never, o: never) =>
            core.recurrence(core.rnn()).run({ wx: core.constant(1, [2, 3]), wh: core.constant(1, [3, 3]), b: core.constant(1, [3]) }, x, o),
          args,
        ),
    },
    { params: [sizesOfCell], use: (_, args) => core.initialise(core.recurrence(core.lstm()).weights(args[0] as never), { seed: 1 }) },
  ],
  bidirectional: made(
    (r: core.Recurrence<unknown, unknown>) => r.weights({ input: 2, units: 3 }),
    cells(),
    maybe(cells()),
    maybe(options({ merge: name("concat", "sum", "mean", "mul"), initialState: name("zeros", "learnt") })),
  ),
  stacked: made(
    (r: core.Recurrence<unknown, unknown>) => r.weights({ input: 2, units: 3 }),
    list(any(fc.constant(core.recurrence(core.rnn())), (value) => isRecord(value) && "run" in value)),
  ),
  initialise: plain(
    any(fc.oneof(weight.values, fc.record({ a: weight.values }, { noNullPrototype: true }))),
    options({ seed: ruled(seed), dtype: dtypes }),
  ),
  allOrNothing: plain(
    any(
      fc.constant(() => 1),
      (value) => typeof value === "function",
    ),
  ),
  isWeight: plain(any(junk)),
  lengths: plain(
    any(
      fc.oneof(fc.array(edges, { maxLength: 3 }), fc.constant(Int32Array.of(1, 2))),
      (value) => Array.isArray(value) || ArrayBuffer.isView(value),
    ),
    ruled(count),
  ),
  layerNormalization: traced(tensor, maybe(options({ gain: tensor, shift: tensor, epsilon: ruled(nonNegative), axes }))),
  moments: traced(tensor, axes, maybe(fold)),
  normalize: traced(
    tensor,
    maybe(options({ axes, mean: tensor, variance: tensor, gain: tensor, shift: tensor, epsilon: ruled(nonNegative) })),
  ),
  conv1d: traced(
    tensorOf("f32", 2, 6, 4),
    tensorOf("f32", 3, 2, 4),
    maybe(options({ stride: ruled(size), dilation: ruled(size), padding: name("valid", "same", "causal"), groups: ruled(size) })),
  ),
  conv1dTranspose: traced(
    tensorOf("f32", 2, 6, 4),
    tensorOf("f32", 3, 2, 4),
    maybe(options({ stride: ruled(size), dilation: ruled(size), padding: name("valid", "same") })),
  ),
  maxPool1d: traced(tensorOf("f32", 2, 6, 4), pooled),
  minPool1d: traced(tensorOf("f32", 2, 6, 4), pooled),
  averagePool1d: traced(tensorOf("f32", 2, 6, 4), pooled),
  rmsNormalization: traced(tensor, maybe(options({ gain: tensor, epsilon: ruled(nonNegative) }))),
  attend: traced(tensorOf("f32", 2, 3, 4), tensorOf("f32", 2, 4, 3), maybe(attending)),
  dotAttention: traced(q, q, q, maybe(attending)),
  scaledDotAttention: traced(q, q, q, maybe(options({ ...visible, scale: ruled(finite) }))),
  additiveAttention: traced(
    options({ wq: tensorOf("f32", 4, 3), wk: tensorOf("f32", 4, 3), b: tensorOf("f32", 3), v: tensorOf("f32", 3) }),
    q,
    q,
    q,
    maybe(attending),
  ),
  concatAttention: traced(options({ wa: tensorOf("f32", 8), b: tensorOf("f32", 1) }), q, q, q, maybe(attending)),
  attention: made(
    useAttention,
    options({ score: name("dot", "scaledDot", "additive", "concat"), units: ruled(size), useScale: flag, useProjections: flag }),
  ),
  multiHeadAttention: made(
    useAttention,
    options({
      heads: ruled(size),
      keyValueHeads: ruled(size),
      size: ruled(size),
      valueSize: ruled(size),
      outputSize: ruled(size),
      useBias: flag,
      score: name("dot", "scaledDot", "additive", "concat"),
      units: ruled(size),
      useProjections: flag,
      rotary: any(
        fc.oneof(fc.boolean(), fc.record({ base: edges }, { noNullPrototype: true })),
        (value) => typeof value === "boolean" || isRecord(value),
      ),
    }),
  ),
  rotary: [
    traced(tensorOf("f32", 2, 3, 4), maybe(options({ base: ruled(positive), offset: ruled(finite), interleaved: flag }))),
    traced(
      tensorOf("f32", 2, 3, 4),
      maybe(options({ base: ruled(positive), offset: any(fc.oneof(tensorOf("i32", 2).values, edges)), length: ruled(size) })),
    ),
  ],
  sinusoidalPositions: traced(
    ruled(size, fc.oneof(edges, fc.constant(65536))),
    ruled(size, fc.oneof(edges, fc.constant(65536))),
    maybe(floats),
  ),
  random: [
    plain(ruled(seed, fc.oneof(edges, texts))),
    {
      params: [ruled(count), maybe(ruled(finite)), maybe(ruled(finite))],
      use: (_, [n, a, b]) => [
        core.random(1).uniform(n as never, a as never, b as never),
        core.random(1).normal(n as never, a as never, b as never),
      ],
    },
    { params: [ruled(count), ruled(size)], use: (_, [n, below]) => core.random(1).integers(n as never, below as never) },
    { params: [ruled(count)], use: (_, [n]) => core.random(1).permutation(n as never) },
    { params: [ruled(seed, texts)], use: (_, [label]) => core.random(1).child(label as never) },
  ],
};

function cells() {
  return any(fc.constantFrom(core.rnn(), core.lstm(), core.gru()), (value) => isRecord(value) && "step" in value);
}

function isRecord(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** Its own code is the one that `check` is for. */
function legal(checked: () => unknown): unknown {
  try {
    return checked();
  } catch (error) {
    if (error instanceof core.SluiceError && error.code === "ILLEGAL_PROGRAM") return undefined;
    throw error;
  }
}

async function useArray(x: core.NDArray, at = 0): Promise<void> {
  try {
    await x.read();
    x.write(new Float32Array(1), at);
  } finally {
    x.dispose();
  }
}

async function useAttention(module: core.Attention<unknown>): Promise<void> {
  const weights = module.weights({ query: 4 });
  core.initialise(weights, { seed: 1 });
  const specs = core.mapTree(weights, core.isWeight, (leaf) => ({ shape: Object.values((leaf as core.Weight).axes), dtype: "f32" }));
  const { graph } = core.trace("attention", (w: never, x: core.Tensor) => module.run(w, { query: x }).output, [
    specs,
    { shape: [2, 3, 4], dtype: "f32" },
  ]);
  await execute(core.lowerGraph(graph, backend.supports));
  const room = Object.entries(module.cache({ query: 4 }, 3)) as readonly [string, core.StateSpec][], // each part that there is
    cache = Object.fromEntries(room.map(([part, { axes }]) => [part, { shape: [2, ...Object.values(axes)], dtype: "f32" }]));
  const step = (w: never, x: core.Tensor, kept: never, position: core.Tensor) => module.step(w, { query: x, cache: kept, position });
  const stepped = core.trace("attention", step, [specs, { shape: [2, 1, 4], dtype: "f32" }, cache, { shape: [2], dtype: "i32" }]);
  await execute(core.lowerGraph(stepped.graph, backend.supports));
}
