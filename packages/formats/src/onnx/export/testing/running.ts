// Our own numbers for what is exported: weights and inputs drawn at random, by seed.
import {
  type Backend,
  compile,
  hostArray,
  type HostArray,
  isWeight,
  leavesOf,
  mapTree,
  random,
  type Tensor,
  toHost,
  type Tree,
  type Weight,
} from "@sluice/core";
import { single } from "@sluice/nn/kit";
import { toOnnx } from "../toOnnx.ts";
import type { ModelCase } from "./cases.ts";

export type Arrays = Readonly<Record<string, HostArray>>;

export interface Run {
  readonly inputs: Arrays;
  readonly outputs: Arrays;
}

export interface Exported {
  readonly bytes: Uint8Array;
  readonly runs: readonly Run[];
}

type Draw = (from: number, to: number) => number;

/** The file of a model, and what the model gives at each of the sizes. */
export async function exported(
  { name, model, shapes, options, runs, padded = false, dtype = "f32" }: ModelCase,
  backend: Backend,
): Promise<Exported> {
  const draw = drawn(name);
  const isOne = model.ends.inputs === null;
  const shape = isOne ? shapes[single.inputs] : shapes;
  const built = model.build(model.sample(shape as never) as never); // as its ends say
  const weights = mapTree(built.weights, isWeight, (leaf, path) => {
    const sizes = Object.values((leaf as Weight).axes); // `isWeight` says so
    return floats(sizes, path.endsWith("movingVariance") ? () => draw(0.5, 2) : () => draw(-0.6, 0.6));
  });
  const trainer = await model.withWeights(weights as never, shape as never).compile({ backend, dtype }); // one for each
  const bytes = await toOnnx(trainer, options);
  const made: Run[] = [];
  for (const { batch, steps } of runs) {
    const x: Record<string, HostArray> = {},
      lengths: Record<string, number[]> = {};
    for (const [input, sample] of Object.entries(shapes)) {
      const isIndices = built.inputs[input]?.dtype === "i32";
      const own = typeof steps === "number" ? steps : steps?.[input];
      const whole = [batch, ...(own === undefined ? sample : sample.with(0, own))];
      const ends = Array.from({ length: batch }, (_, row) => (row === 0 ? whole[1]! : row === 2 ? 0 : Math.ceil(whole[1]! * draw(0, 1))));
      if (isIndices) x[input] = indices(whole, ends, padded, draw);
      else x[input] = floats(whole, () => draw(-1, 1), dtype);
      lengths[input] = ends;
    }
    const takesLengths = options?.lengths === true;
    const predicted = await trainer.predict((isOne ? x[single.inputs] : x) as never, takesLengths ? ({ lengths: isOne ? lengths[single.inputs] : lengths } as never) : {}); // prettier-ignore
    const outputs = model.ends.outputs === null ? { [single.outputs]: predicted } : predicted;
    const beside = takesLengths ? Object.fromEntries(Object.entries(lengths).map(([input, ends]) => [isOne ? "lengths" : `${input}.lengths`, hostArray(Int32Array.from(ends))])) : {}; // prettier-ignore
    made.push({ inputs: { ...x, ...beside }, outputs: outputs as Arrays });
  }
  trainer.dispose();
  return { bytes, runs: made };
}

export interface FunctionCase {
  readonly name: string;
  readonly fn: (weights: never, inputs: never) => unknown;
  readonly weights: Arrays;
  readonly inputs: Arrays;
  /** An operator that the reading of files does not know: then it is for onnxruntime alone. */
  readonly unread?: string;
}

/** The file of a function, and what it gives. */
export async function exportedFunction({ name, fn, weights, inputs }: FunctionCase, backend: Backend): Promise<Exported> {
  const specs = Object.fromEntries(Object.entries(inputs).map(([path, { shape, dtype }]) => [path, { shape, dtype }]));
  const bytes = await toOnnx({ fn: fn as (w: Tree<Tensor>, x: Tree<Tensor>) => unknown, weights, inputs: specs } as never, { name }); // its own trees
  const run = compile(backend, fn as (w: unknown, x: unknown) => unknown, { name }); // likewise
  const result = await toHost((await run(weights, inputs)) as never); // arrays, as a compiled function gives
  const leaves = leavesOf(result, (value) => typeof value === "object" && value !== null && "data" in value) as [string, HostArray][]; // likewise
  run.dispose();
  return { bytes, runs: [{ inputs, outputs: Object.fromEntries(leaves.map(([path, array]) => [path || "y", array])) }] };
}

export function drawn(name: string): Draw {
  const next = random(name);
  return (from, to) => from + (to - from) * next.uniform(1)[0]!; // one number
}

export function floats(shape: readonly number[], each: () => number, dtype: "f32" | "f64" = "f32"): HostArray {
  const length = shape.reduce((a, b) => a * b, 1);
  return hostArray(dtype === "f64" ? Float64Array.from({ length }, each) : Float32Array.from({ length }, each), { shape });
}

function indices(shape: readonly number[], ends: readonly number[], padded: boolean, draw: Draw): HostArray {
  const [, steps = 1] = shape;
  const data = Int32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => {
    const isBeyond = padded && i % steps >= ends[Math.floor(i / steps)]!; // one for each row
    return isBeyond ? 0 : 1 + Math.floor(draw(0, 7.999));
  });
  return hostArray(data, { shape });
}
