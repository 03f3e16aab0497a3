// For tests: what a measure gives for samples in f64, and its gradient; and what a metric comes to over batches.
import { array, compile, gradient, type Backend, type Tensor } from "@sluice/core";
import { summed, type Summed } from "../learner/summed.ts";
import type { Measure } from "../measures/measure.ts";
import type { Metric } from "../metrics/metric.ts";

export interface Sampled {
  readonly values: readonly number[];
  /** Of their sum, by the output. */
  readonly gradients: readonly number[];
}

interface Samples {
  readonly y: readonly number[];
  readonly z: readonly number[];
}

interface Sizes {
  /** Of one sample. */
  readonly output: readonly number[];
  readonly dtype?: "f32" | "f64";
}

/** Of outputs z [samples, …output]. */
export function measured(backend: Backend, measure: Measure, { y, z, ...sizes }: Samples & Sizes): Promise<Sampled> {
  return measuring(backend, measure, sizes)({ y, z });
}

/** The same for many, compiled once. */
export function measuring(backend: Backend, measure: Measure, { output, dtype = "f64" }: Sizes): (samples: Samples) => Promise<Sampled> {
  const target = measure.target(output);
  const floats = dtype === "f32" ? Float32Array : Float64Array;
  const evaluate = compile(backend, (truth: Tensor, given: Tensor) => {
    const values = measure.perSample(truth, given);
    return { values, gradients: gradient(values.sum(), given) };
  });
  return async ({ y, z }) => {
    const samples = z.length / output.reduce((product, n) => product * n, 1);
    const { values, gradients } = await evaluate(
      array(backend, target.dtype === "i32" ? Int32Array.from(y) : floats.from(y), { shape: [samples, ...target.shape] }),
      array(backend, floats.from(z), { shape: [samples, ...output] }),
    );
    return { values: [...(await values.read())], gradients: [...(await gradients.read())] };
  };
}

export interface Weighed extends Samples {
  readonly w: readonly number[];
}

interface Reading {
  readonly output: readonly number[];
  /** Where targets are labels and the metric takes either. */
  readonly labels?: boolean;
}

/** The metric over all batches, whose sums are added on the host. */
export function reported(backend: Backend, metric: Metric, batches: readonly Weighed[], reading: Reading): Promise<number> {
  return reporting(backend, metric, reading)(batches);
}

/** The same for many, compiled once. */
export function reporting(backend: Backend, metric: Metric, { output, labels = metric.target(output).dtype === "i32" }: Reading): (batches: readonly Weighed[]) => Promise<number> {
  let made: Summed | undefined;
  const shape = labels ? output.slice(0, -1) : output;
  const run = compile(backend, (y: Tensor, z: Tensor, w: Tensor) => (made = summed(metric, y, z, w)).sums);
  return async (batches) => {
    const each = batches.map(async ({ y, z, w }) => {
      const truth = array(backend, labels ? Int32Array.from(y) : Float64Array.from(y), { shape: [w.length, ...shape] });
      const given = array(backend, Float64Array.from(z), { shape: [w.length, ...output] });
      return await (await run(truth, given, array(backend, Float64Array.from(w)))).read();
    });
    const parts = await Promise.all(each);
    const sums = Float64Array.from(parts[0] ?? [], (_, i) => parts.reduce((sum, part) => sum + (part[i] ?? 0), 0));
    return made?.result(sums) ?? Number.NaN;
  };
} // prettier-ignore
