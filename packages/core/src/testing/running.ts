// For tests: what traced functions and cells make of arrays, as numbers by path.
import {
  compile,
  leavesOf,
  literal,
  recurrence,
  type Backend,
  type Cell,
  type HostArray,
  type NDArray,
  type Recurrence,
  type RecurrenceOptions,
  type Tensor,
} from "../index.ts";
import { isArray, type Numbers } from "./numbers.ts";

/** What `fn` gives for these arrays, row-major. */
export async function evaluate(backend: Backend, fn: (at: never) => unknown, at: unknown): Promise<Numbers> {
  const run = compile(backend, fn as (at: Tensor) => Tensor); // whatever the trees are
  const results = leavesOf(await run(at as never), isArray) as [string, NDArray][];
  return Object.fromEntries(await Promise.all(results.map(async ([path, array]) => [path, [...(await array.read())]] as const)));
}

export interface Sequence {
  readonly weights: unknown;
  /** [batch, steps, input] */
  readonly x: HostArray;
  readonly state?: unknown;
  readonly extras?: unknown;
}

/** Outputs, last and final states of a cell, "state.h". */
export function runCell(
  backend: Backend,
  cell: Cell,
  sequence: Sequence,
  { lengths, timeMajor, ...options }: RecurrenceOptions & { readonly lengths?: Int32Array; readonly timeMajor?: boolean } = {},
): Promise<Numbers> {
  return run(backend, recurrence(cell, options), sequence, { lengths, timeMajor });
}

/** The same of any recurrence. */
export function run(
  backend: Backend,
  recurrence: unknown,
  sequence: Sequence,
  { lengths, timeMajor }: { readonly lengths?: Int32Array | undefined; readonly timeMajor?: boolean | undefined } = {},
): Promise<Numbers> {
  const over = recurrence as Recurrence<never, unknown>; // which weights and states there are is data here
  return evaluate(
    backend,
    ({ weights, x, ...given }: { readonly weights: never; readonly x: Tensor }) =>
      over.run(weights, x, { ...given, timeMajor, lengths: lengths && literal(lengths) }),
    sequence,
  );
}
