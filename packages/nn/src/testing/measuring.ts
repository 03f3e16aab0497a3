// For tests: what a measure gives for samples in f64, and its gradient.
import { array, compile, gradient, type Backend, type Tensor } from "@sluice/core";
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
