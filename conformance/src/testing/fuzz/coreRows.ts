// What there is to fuzz of each public function of core: its parameters, and what is done with its result.
import fc from "fast-check";
import * as core from "@sluice/core";
import { count, finite, seed, shape, size, text } from "@sluice/core/arguments";
import { any, edges, flag, list, maybe, options, ruled, sizes, tensor, type Fn, type Row } from "../../fuzz/index.ts";
import { moduleRows } from "./moduleRows.ts";
import { operationRows } from "./operationRows.ts";
import { backend, execute, isRecord, made, plain, program, traced, tracedThen } from "./using.ts";
import { dtypes, shapeOf, texts, values } from "./values.ts";

const trees = fc.oneof(
  fc.anything({ maxDepth: 2 }),
  fc.constant(null).map(() => ({ a: core.array(backend, [1, 2]), b: [core.array(backend, 3)] })),
);
const backends = any(fc.constant(backend), (value) => value === backend);

const calling = (fn: Fn) => any(fc.constant(fn), (value) => typeof value === "function");

/** Of each export; a new one without a row fails the test. */
export const rows: Readonly<Record<string, Row | readonly Row[]>> = {
  ...operationRows,
  ...moduleRows,
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
  scan: traced(
    options({
      state: any(fc.oneof(tensor.values, fc.record({ h: tensor.values }, { noNullPrototype: true }))),
      inputs: any(fc.oneof(tensor.values, fc.record({ x: tensor.values }, { noNullPrototype: true }), fc.constant([]))),
      step: calling((state: unknown, inputs: unknown) => ({ state, output: inputs })),
      steps: ruled(count),
      reverse: flag,
      name: ruled(text, texts),
    }),
  ),
  mapTensors: traced(
    any(fc.oneof(tensor.values, fc.dictionary(fc.constantFrom("a", "b"), tensor.values, { noNullPrototype: true }))),
    calling((x: core.Tensor) => (x instanceof core.Tensor ? x.add(x) : x)),
  ),
  tensorsOf: traced(any(fc.oneof(tensor.values, fc.dictionary(fc.constantFrom("a", "b"), tensor.values, { noNullPrototype: true })))),
  scope: traced(
    ruled(text, texts),
    calling(() => core.iota(2)),
  ),
  perturb: traced(
    any(fc.oneof(tensor.values, fc.array(tensor.values, { maxLength: 2 }))),
    any(
      fc.oneof(
        tensor.values.map((x) => new Map([[x, x]])),
        fc.tuple(tensor.values, tensor.values).map((pair) => new Map([pair])),
      ),
      (by) => by instanceof Map,
    ),
  ),
  gate: traced(ruled(text, texts), tensor),
  watchRecurrences: traced(
    calling(() => undefined),
    calling(() => core.iota(2)),
  ),
  assign: traced(tensor, tensor),
  trace: made(
    (result: core.Traced) => execute(core.lowerGraph(result.graph, backend.supports)),
    ruled(text, texts),
    calling((x: unknown) => x),
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
    calling((value: unknown) => typeof value === "number"),
  ),
  mapTree: plain(
    any(fc.anything({ maxDepth: 2 })),
    calling((value: unknown) => typeof value === "number"),
    calling((value: unknown) => value),
  ),
  gradient: traced(tensor, any(fc.oneof(tensor.values, fc.array(tensor.values, { maxLength: 2 }))), maybe(tensor)),
  valueAndGradient: tracedThen(
    (fn: (x: core.Tensor) => { value: core.Tensor; gradients: never }) => fn(core.constant(1, [2])),
    calling((x: core.Tensor) => x.sum()),
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
    calling((x: core.Tensor) => (x instanceof core.Tensor ? x.add(x) : x)),
    maybe(options({ name: ruled(text, texts), cacheSize: ruled(count) })),
  ),
  lowerGraph: plain(
    any(fc.constant(core.trace("same", (x: unknown) => x, [{ shape: [2], dtype: "f32" }]).graph)),
    any(fc.constant(backend.supports)),
    maybe(any(fc.constant(core.pipeline))),
  ),
  explain: plain(any(fc.constant(core.trace("same", (x: unknown) => x, [{ shape: [2], dtype: "f32" }]).graph)), any(fc.constant(backend))),
  allOrNothing: plain(calling(() => 1)),
  lengths: plain(
    any(
      fc.oneof(fc.array(edges, { maxLength: 3 }), fc.constant(Int32Array.of(1, 2))),
      (value) => Array.isArray(value) || ArrayBuffer.isView(value),
    ),
    ruled(count),
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
