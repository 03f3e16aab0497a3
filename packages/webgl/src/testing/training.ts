// For tests: one training step of an LSTM, bound to arrays of its own.
import {
  type Backend,
  type Binding,
  type NDArray,
  type Tensor,
  type WeightTensors,
  array,
  assign,
  compile,
  gradient,
  lstm,
  recurrence,
} from "@sluice/core";

export interface Sizes {
  readonly batch: number;
  readonly steps: number;
  readonly input: number;
  readonly units: number;
}

const cell = recurrence(lstm());
type Weights = WeightTensors<ReturnType<typeof cell.weights>>;

/** One step of gradient descent on the mean squared error of all outputs; the result is the loss before it. */
export async function training(backend: Backend, sizes: Sizes): Promise<Binding<Tensor>> {
  const { batch, steps, input, units } = sizes;
  const step = compile(backend, (weights: Weights, x: Tensor, y: Tensor) => {
    const error = cell.run(weights, x).outputs.sub(y);
    const loss = error.mul(error).mean();
    const slopes = gradient(loss, weights);
    for (const key of ["wx", "wh", "b"] as const) assign(weights[key], weights[key].sub(slopes[key].mul(0.5)));
    return loss;
  });
  return step.bind(weightsOf(backend, sizes), wave(backend, [batch, steps, input], 1), wave(backend, [batch, steps, units], 2));
}

/** The outputs of an LSTM over a sequence. */
export async function inference(backend: Backend, sizes: Sizes): Promise<Binding<Tensor>> {
  const { batch, steps, input } = sizes;
  const run = compile(backend, (weights: Weights, x: Tensor) => cell.run(weights, x, { timeMajor: true }).outputs);
  return run.bind(weightsOf(backend, sizes), wave(backend, [steps, batch, input], 1));
}

function weightsOf(backend: Backend, { input, units }: Sizes): { wx: NDArray; wh: NDArray; b: NDArray } {
  return { wx: wave(backend, [input, 4 * units], 3), wh: wave(backend, [units, 4 * units], 4), b: wave(backend, [4 * units], 5) };
}

/** Numbers between −½ and ½ that repeat nowhere. */
function wave(backend: Backend, shape: readonly number[], phase: number): NDArray {
  const length = shape.reduce((product, size) => product * size, 1);
  return array(
    backend,
    Float32Array.from({ length }, (_, i) => Math.sin(i * 12.9898 + phase) / 2),
    { shape },
  );
}
