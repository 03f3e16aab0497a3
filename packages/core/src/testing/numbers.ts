// For tests: f64 arrays of random numbers, and how to compare what comes out.
import { initialise, mapTree, random, type HostArray, type Initialised, type Shape } from "../index.ts";

/** Normal numbers; the same for the same seed and shape. */
export function normal(seed: number | string, ...shape: Shape): HostArray {
  const length = shape.reduce((product, n) => product * n, 1);
  return { dtype: "f64", shape, data: random(seed).normal(length) };
}

export function filled(value: number, ...shape: Shape): HostArray {
  const length = shape.reduce((product, n) => product * n, 1);
  return { dtype: "f64", shape, data: new Float64Array(length).fill(value) };
}

export function f64(values: readonly number[], ...shape: Shape): HostArray {
  return { dtype: "f64", shape: shape.length === 0 ? [values.length] : shape, data: Float64Array.from(values) };
}

/** Every weight of a tree of them normal, whatever it starts with: no bias is zero, no gain one. */
export function normalWeights<T>(weights: T, seed: number | string): Initialised<T> {
  const drawn = initialise(weights, { seed, dtype: "f64" });
  return mapTree(drawn, isArray, (leaf, path) => normal(`${seed} ${path}`, ...(leaf as HostArray).shape)) as Initialised<T>;
}

export type Numbers = Readonly<Record<string, readonly number[]>>;

/** The numbers wanted that are not there, within `tolerance`; none where all is well. */
export function misses(got: Numbers, wanted: Numbers, tolerance = 1e-12): string[] {
  return Object.entries(wanted).flatMap(([path, numbers]) => {
    const found = got[path] ?? [];
    if (found.length !== numbers.length) return [`${path}: ${found.length} numbers for ${numbers.length}`];
    return numbers.flatMap((v, i) => (Math.abs(found[i]! - v) <= tolerance ? [] : [`${path} ${i}: ${found[i]} for ${v}`]));
  });
}

/** On the host or on the backend. */
export function isArray(value: unknown): boolean {
  return typeof value === "object" && value !== null && "dtype" in value && "shape" in value;
}
