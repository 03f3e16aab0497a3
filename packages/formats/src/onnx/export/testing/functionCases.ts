// Traced functions of every kind of node, for the tests of the export and its check by onnxruntime.
import * as core from "@sluice/core";
import type { HostArray, Tensor } from "@sluice/core";
import { drawn, floats, type FunctionCase } from "./running.ts";

const draw = drawn("functions");
const f32 = (...shape: number[]): HostArray => floats(shape, () => draw(-1, 1));
const f64 = (...shape: number[]): HostArray => core.hostArray(Float64Array.from(f32(...shape).data), { shape });
const i32 = (...values: number[]): HostArray => core.hostArray(Int32Array.from(values));

type Tensors = Readonly<Record<string, Tensor>>;

function of(
  name: string,
  fn: (weights: never, inputs: never) => unknown,
  weights: Readonly<Record<string, HostArray>>,
  inputs: Readonly<Record<string, HostArray>>,
): FunctionCase {
  return { name, fn, weights, inputs };
}

/** A cell over all steps, with every state it ends with. */
function cell(name: string, made: core.Cell<never, never>, lengths = false): FunctionCase {
  const layer = core.recurrence(made);
  const weights = Object.fromEntries(
    Object.entries(layer.weights({ input: 3, units: 4 }) as Readonly<Record<string, core.Weight>>).map(([key, { axes }]) => [
      key,
      f32(...Object.values(axes)),
    ]),
  );
  const fn = (w: never, { x, n }: { readonly x: Tensor; readonly n?: Tensor }): unknown => {
    const { outputs, last, state } = layer.run(w, x, { lengths: n });
    return { outputs, last, state };
  };
  return of(`cell-${name}`, fn as FunctionCase["fn"], weights, { x: f32(2, 5, 3), ...(lengths && { n: i32(2, 5) }) });
}

function attention(): FunctionCase {
  const module = core.multiHeadAttention({ heads: 2 });
  const weights = Object.fromEntries(
    Object.entries(module.weights({ query: 4, key: 4, value: 4 })).map(([key, { axes }]) => [key, f32(...Object.values(axes))]),
  );
  const fn = (w: never, { x, n }: { readonly x: Tensor; readonly n: Tensor }): unknown => {
    const { output, weights: shares } = module.run(w, { query: x, causal: true, keyLengths: n });
    return { output, shares };
  };
  return of("attention", fn as FunctionCase["fn"], weights, { x: f32(2, 5, 4), n: i32(3, 5) });
}

const scans: readonly FunctionCase[] = [
  ...(["forward", "reverse"] as const).map((way) =>
    of(
      `scan-${way}`,
      ({ w }: Tensors, { x }: Tensors) => {
        const { state, outputs } = core.scan({
          state: core.at(x!, 0, 0),
          inputs: x!,
          reverse: way === "reverse",
          step: (s, v) => ({ state: s.dot(w!).add(v), output: { square: core.square(s), s } }),
        });
        return { state, outputs, mean: outputs.s.mean(0) };
      },
      { w: f32(3, 3) },
      { x: f32(5, 2, 3) },
    ),
  ),
  of(
    "scan-without-rows",
    (_: Tensors, { x }: Tensors) => core.scan({ state: x!, inputs: {}, steps: 4, step: (s) => ({ state: s.mul(0.5).add(1), output: s }) }),
    {},
    { x: f32(3) },
  ),
  of(
    "scan-in-scan",
    ({ w }: Tensors, { x }: Tensors) =>
      core.scan({
        state: core.constant(0, [2, 3]),
        inputs: x!,
        step: (s, rows) => {
          const inner = core.scan({ state: s, inputs: rows, step: (t, v) => ({ state: core.tanh(t.dot(w!).add(v)), output: t }) });
          return { state: inner.state, output: inner.outputs };
        },
      }).outputs,
    { w: f32(3, 3) },
    { x: f32(4, 5, 2, 3) },
  ),
];

export const functionCases: readonly FunctionCase[] = [
  of("affine", ({ w, b }: Tensors, { x }: Tensors) => core.relu(x!.dot(w!).add(b!)), { w: f32(3, 4), b: f32(4) }, { x: f32(2, 3) }),
  of("affine-f64", ({ w, b }: Tensors, { x }: Tensors) => core.sigmoid(x!.dot(w!).add(b!)), { w: f64(3, 4), b: f64(4) }, { x: f64(2, 3) }),
  of("whole-numbers", (_: Tensors, { x, n }: Tensors) => ({ sum: n!.sum(0), far: core.maximum(n!, 2).mul(3), as: core.cast(x!.mul(10), "i32"), is: core.greaterEqual(n!, 3) }), {}, { x: f32(4), n: i32(5, -3, 2, 3) }), // prettier-ignore
  of("softmax", (_: Tensors, { x }: Tensors) => core.softmax(x!.transpose([0, 2, 1])), {}, { x: f32(2, 3, 4) }),
  of("logarithms", (_: Tensors, { x }: Tensors) => ({ a: core.log1p(core.square(x!)), b: core.expm1(x!), c: core.log1p(x!.mul(1e-5)), d: core.expm1(x!.mul(1e-5)), e: core.erf(x!), f: core.sin(x!).add(core.cos(x!)), g: core.floor(x!.mul(3)) }), {}, { x: f32(3, 4) }), // prettier-ignore
  of("rows", ({ table }: Tensors, { i }: Tensors) => core.gather(table!, i!), { table: f32(4, 3) }, { i: i32(0, 3, 4, -1, 2) }),
  {
    ...of(
      "rows-back",
      ({ table }: Tensors, { i }: Tensors) => core.gradient(core.square(core.gather(table!, i!)).sum(), table!),
      { table: f32(4, 3) },
      { i: i32(0, 3, 3, 2) },
    ),
    unread: "ScatterND",
  },
  of("moves", (_: Tensors, { x }: Tensors) => ({ a: core.flip(x!, 1), b: x!.reshape([6, 4]).transpose().reshape([2, 12]), c: core.concat([x!, core.flip(x!, 2)], 1), d: core.pad(x!, [[0, 0], [1, 2], [0, 1]]), e: x!.slice(1, 1, 2).squeeze(1), f: x!.at(2, -1).expand(1).broadcastTo([2, 5, 3]), g: core.stack([x!, x!.mul(2)], 1) }), {}, { x: f32(2, 3, 4) }), // prettier-ignore
  of("comparisons", (_: Tensors, { x, y }: Tensors) => ({ a: core.equal(x!, y!), b: core.notEqual(x!, y!), c: core.lessEqual(x!, y!), d: core.where(core.greater(x!, 0), x!, y!) }), {}, { x: f32(4), y: core.hostArray(Float32Array.of(1, NaN, 0, 5)) }), // prettier-ignore
  of("running-sum", (_: Tensors, { x }: Tensors) => core.cumulativeSum(x!, 1), {}, { x: f32(2, 6, 3) }),
  of("largest", (_: Tensors, { x }: Tensors) => core.argmax(x!), {}, { x: f32(2, 6) }),
  of("sorted", (_: Tensors, { x }: Tensors) => core.sort(x!), {}, { x: f32(2, 6) }),
  of(
    "convolution",
    ({ k }: Tensors, { x }: Tensors) => core.conv1d(x!, k!, { padding: "same", stride: 2 }),
    { k: f32(3, 2, 4) },
    { x: f32(2, 9, 2) },
  ),
  of(
    "convolution-groups",
    ({ k }: Tensors, { x }: Tensors) => core.conv1d(x!, k!, { groups: 2, dilation: 2 }),
    { k: f32(3, 2, 4) },
    { x: f32(2, 9, 4) },
  ),
  of("normalisation", ({ g }: Tensors, { x }: Tensors) => core.layerNormalization(x!, { gain: g }), { g: f32(5) }, { x: f32(2, 3, 5) }),
  of("positions", (_: Tensors, { x }: Tensors) => core.rotary(x!.add(core.sinusoidalPositions(3, 4))), {}, { x: f32(2, 3, 4) }),
  of("gradient", ({ w }: Tensors, { x }: Tensors) => core.gradient(core.tanh(x!.dot(w!)).sum(), w!), { w: f32(3, 2) }, { x: f32(4, 3) }),
  attention(),
  ...scans,
  cell("lstm", core.lstm() as core.Cell<never, never>),
  cell("lstm-lengths", core.lstm() as core.Cell<never, never>, true),
  cell("lstm-variants", core.lstm({ peepholes: true, projection: 3, layerNorm: true, cellClip: 0.5 }) as core.Cell<never, never>),
  cell("gru-lengths", core.gru() as core.Cell<never, never>, true),
  cell("mgu", core.mgu() as core.Cell<never, never>),
];
