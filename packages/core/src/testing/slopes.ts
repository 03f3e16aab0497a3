// For tests: the gradient of a loss against finite differences, leaf by leaf, in f64.
import {
  compile,
  gradient,
  leavesOf,
  mapTree,
  random,
  type Backend,
  type HostArray,
  type NDArray,
  type Tensor,
  type Tree,
} from "../index.ts";
import { isArray } from "./numbers.ts";

/**
 * The leaves of `at`, a tree of f64 arrays, with respect to which the gradient of `loss` is not what central differences in a random
 * direction say, each with both numbers; none where all is well. Kinks may lie within one distance of the point: one of two must agree.
 */
export async function wrongSlopes(backend: Backend, loss: (at: never) => Tensor, at: Tree<HostArray>, seed = 1): Promise<string[]> {
  const traced = loss as (at: Tensor) => Tensor, // whatever the tree is
    value = compile(backend, traced),
    slopes = compile(backend, (inputs: Tensor) => gradient(traced(inputs), inputs));
  const gradients = new Map(leavesOf(await slopes(at as never), isArray) as [string, NDArray][]);
  const wrong: string[] = [];
  for (const [path, { data }] of leavesOf(at, isArray) as [string, HostArray][]) {
    const direction = random(seed).child(path).normal(data.length),
      along = dot(await gradients.get(path)!.read(), direction);
    const near = async (by: number): Promise<number> => (await (await value(moved(at, path, direction, by) as never)).read())[0]!;
    const measured = await Promise.all([1e-5, 3e-7].map(async (by) => ((await near(by)) - (await near(-by))) / (2 * by)));
    const agrees = measured.some((slope) => Math.abs(slope - along) <= 1e-6 * Math.max(1, Math.abs(along)));
    if (!agrees) wrong.push(`${path}: ${along} for ${measured.join(" or ")}`);
  }
  return wrong;
}

function moved(at: Tree<HostArray>, where: string, direction: Float64Array, by: number): unknown {
  return mapTree(at, isArray, (leaf, path) => {
    const array = leaf as HostArray;
    return path === where ? { ...array, data: Float64Array.from(array.data, (x, i) => x + by * direction[i]!) } : array;
  });
}

function dot(x: ArrayLike<number>, y: ArrayLike<number>): number {
  return Array.from(x).reduce((sum, v, i) => sum + v * y[i]!, 0);
}
