// What there is to fuzz of what has weights: cells, recurrences, attention.
import fc from "fast-check";
import * as core from "@sluice/core";
import { count, finite, positive, rate, seed, size, text } from "@sluice/core/arguments";
import { any, edges, flag, junk, Later, list, maybe, name, options, ruled, tensor, tensorOf, type Row } from "../../fuzz/index.ts";
import { backend, execute, isRecord, made, plain, program, traced, useCell } from "./using.ts";
import { dtypes, texts } from "./values.ts";

const activation = name(...Object.keys(core.activations));
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

export const moduleRows: Readonly<Record<string, Row | readonly Row[]>> = {
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
  isWeight: plain(any(junk)),
  additiveAttention: traced(
    options({ wq: tensorOf("f32", 4, 3), wk: tensorOf("f32", 4, 3), b: tensorOf("f32", 3), v: tensorOf("f32", 3) }),
    q,
    q,
    q,
    maybe(attending),
  ),
  concatAttention: traced(options({ wa: tensorOf("f32", 8), b: tensorOf("f32", 1) }), q, q, q, maybe(attending)),
  attend: traced(tensorOf("f32", 2, 3, 4), tensorOf("f32", 2, 4, 3), maybe(attending)),
  dotAttention: traced(q, q, q, maybe(attending)),
  scaledDotAttention: traced(q, q, q, maybe(options({ ...visible, scale: ruled(finite) }))),
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
};

function cells() {
  return any(fc.constantFrom(core.rnn(), core.lstm(), core.gru()), (value) => isRecord(value) && "step" in value);
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
