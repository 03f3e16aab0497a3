// Numbers for workloads: the same for the same label and shape, in every process.
import { type HostArray, initialise, type Initialised, isWeight, mapTree, random } from "@sluice/core";

/** Standard normal numbers in float32. */
export function normal(label: string, shape: readonly number[]): HostArray {
  return { dtype: "f32", shape, data: Float32Array.from(random(label).normal(count(shape))) };
}

/** i32 in 0 … below − 1. */
export function integers(label: string, below: number, shape: readonly number[]): HostArray {
  return { dtype: "i32", shape, data: Int32Array.from(random(label).uniform(count(shape), 0, below), Math.floor) };
}

/** Weights that are uniform in ±1/√units, biases too, as PyTorch starts its cells: 512 orthogonal rows would take every process seconds. */
export function started<T>(weights: T, units: number, seed: string): Initialised<T> {
  const init = { uniform: 1 / Math.sqrt(units) };
  return initialise(mapTree(weights, isWeight, (weight) => ({ ...(weight as object), init })) as T, { seed }); // the same tree of weights
}

/** The numbers of a record of arrays, in float64. */
export function exactly<R extends { readonly [K in keyof R]: HostArray }>(arrays: R): { readonly [K in keyof R]: Float64Array } {
  const entries = Object.entries<HostArray>(arrays).map(([name, { data }]) => [name, Float64Array.from(data)]);
  return Object.fromEntries(entries) as { readonly [K in keyof R]: Float64Array }; // the names of `arrays`
}

/** One after the other. */
export function joined(parts: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function count(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
