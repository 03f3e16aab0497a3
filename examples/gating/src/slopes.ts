// Is the gradient of a cell right? Its slope in a random direction against finite differences, in float64.
import { compile, gradient, initialise, random, recurrence, type Backend, type Cell, type HostArray, type Tensor } from "@sluice/core";

type Weights<T> = Readonly<Record<string, T>>;

/**
 * How far the slope by gradient is from the slope by differences, relative to it: of the sum of all outputs of a short run, along a random
 * direction of all weights and x. Below 1e-7 for a gradient that is right: what rounding leaves of central differences.
 */
export async function slopeError(backend: Backend, cell: Cell, seed: number): Promise<number> {
  const over = recurrence(cell),
    drawn = initialise(over.weights({ input: 2, units: 3 }), { seed, dtype: "f64" }) as Weights<HostArray>;
  const at: Weights<HostArray> = { ...drawn, x: { dtype: "f64", shape: [2, 5, 2], data: random(seed).child("x").normal(20) } };
  const direction = Object.fromEntries(
    Object.entries(at).map(([key, { data }]) => [key, random(seed).child(`along ${key}`).normal(data.length)]),
  );
  const loss = ({ x, ...weights }: Weights<Tensor>): Tensor => over.run(weights, x!).outputs.sum();
  const value = compile(backend, loss),
    slopes = compile(backend, (point: Weights<Tensor>) => gradient(loss(point), point));
  const near = async (by: number): Promise<number> => (await (await value(moved(at, direction, by))).read())[0]!;
  const found = Object.entries(await slopes(at)).map(async ([key, slope]) => dot(await slope.read(), direction[key]!));
  const byGradient = (await Promise.all(found)).reduce((sum, part) => sum + part, 0),
    byDifferences = ((await near(1e-5)) - (await near(-1e-5))) / 2e-5;
  return Math.abs(byGradient - byDifferences) / Math.abs(byDifferences);
}

function moved(at: Weights<HostArray>, direction: Weights<Float64Array>, by: number): Weights<HostArray> {
  const move = (key: string, array: HostArray): HostArray => ({
    ...array,
    data: Float64Array.from(array.data, (v, i) => v + by * direction[key]![i]!),
  });
  return Object.fromEntries(Object.entries(at).map(([key, array]) => [key, move(key, array)]));
}

function dot(x: ArrayLike<number>, y: ArrayLike<number>): number {
  return Array.from(x).reduce((sum, v, i) => sum + v * y[i]!, 0);
}
