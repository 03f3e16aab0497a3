// For tests: what a measure gives for samples in f64, and its gradient.
import { array, compile, gradient, type Backend, type Tensor } from "@sluice/core";
import { summed, type Summed } from "../learner/summed.ts";
import type { Metric } from "../metrics/metric.ts";
import type { Measure } from "../measures/measure.ts";

export interface Sampled {
  readonly values: readonly number[];
  /** Of their sum, by the output. */
  readonly gradients: readonly number[];
}

/** Of outputs z [samples, …output]. */
export async function measured(
  backend: Backend,
  measure: Measure,
  { y, z, output, dtype = "f64" }: { readonly y: readonly number[]; readonly z: readonly number[]; readonly output: readonly number[]; readonly dtype?: "f32" | "f64" }, // prettier-ignore
): Promise<Sampled> {
  const target = measure.target(output);
  const samples = z.length / output.reduce((product, n) => product * n, 1);
  const floats = dtype === "f32" ? Float32Array : Float64Array;
  const evaluate = compile(backend, (truth: Tensor, given: Tensor) => {
    const values = measure.perSample(truth, given);
    return { values, gradients: gradient(values.sum(), given) };
  });
  const { values, gradients } = await evaluate(
    array(backend, target.dtype === "i32" ? Int32Array.from(y) : floats.from(y), { shape: [samples, ...target.shape] }),
    array(backend, floats.from(z), { shape: [samples, ...output] }),
  );
  return { values: [...(await values.read())], gradients: [...(await gradients.read())] };
}

export interface Weighed {
  readonly y: readonly number[];
  readonly z: readonly number[];
  readonly w: readonly number[];
}

/** The metric over all batches, whose sums are added on the host. `labels` where targets are labels and the metric takes either. */
export async function reported(
  backend: Backend,
  metric: Metric,
  batches: readonly Weighed[],
  { output, labels = metric.target(output).dtype === "i32" }: { readonly output: readonly number[]; readonly labels?: boolean },
): Promise<number> {
  let made: Summed | undefined;
  const shape = labels ? output.slice(0, -1) : output;
  const run = compile(backend, (y: Tensor, z: Tensor, w: Tensor) => (made = summed(metric, y, z, w)).sums);
  const each = batches.map(async ({ y, z, w }) => {
    const [truth, given] = [array(backend, labels ? Int32Array.from(y) : Float64Array.from(y), { shape: [w.length, ...shape] }), array(backend, Float64Array.from(z), { shape: [w.length, ...output] })]; // prettier-ignore
    return await (await run(truth, given, array(backend, Float64Array.from(w)))).read();
  });
  const parts = await Promise.all(each);
  const sums = Float64Array.from(parts[0] ?? [], (_, i) => parts.reduce((sum, part) => sum + (part[i] ?? 0), 0));
  return made?.result(sums) ?? Number.NaN;
}
