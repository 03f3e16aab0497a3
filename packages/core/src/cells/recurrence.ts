// A cell over a sequence: one direction.
import { SluiceError } from "../errors.ts";
import { less, where } from "../trace/arithmetic.ts";
import { constant, iota } from "../trace/constants.ts";
import { describe } from "../trace/describe.ts";
import { cast } from "../trace/functions.ts";
import { expand, transpose } from "../trace/movement.ts";
import { mapTensors, scan, tensorsOf } from "../trace/scan.ts";
import { Tensor } from "../trace/tensor.ts";
import type { Tree } from "../trace/tree.ts";
import type { Cell, Sizes, States, Tensors, Weights } from "./cell.ts";

/** How a sequence is run. S is the tree of states. */
export interface RunOptions<S> {
  /** The state to start from, each [batch, …]. Default zeros. */
  readonly state?: S | undefined;
  /** Steps of each row that count: i32 [batch], each 0 … steps. A step at or past it leaves the state alone and outputs zero. Default all. */
  readonly lengths?: Tensor | undefined;
  /** x and outputs are [steps, batch, …] instead of [batch, steps, …]. Default false. */
  readonly timeMajor?: boolean | undefined;
}

export interface RunResult<S> {
  /** Of every step, [batch, steps, units], or time-major. */
  readonly outputs: Tensor;
  /** Of the last step that counts, in the direction of running: [batch, units]; zeros for a row without steps. */
  readonly last: Tensor;
  /** After that step. To be passed on as the next `state`. */
  readonly state: S;
}

/** Anything that maps a sequence to a sequence: one cell, two directions, or several in a row. What is not used of a result costs nothing. */
export interface Recurrence<P, S> {
  readonly name: string;
  weights(sizes: Sizes): P;
  state(sizes: Sizes): unknown;
  /** Features per step of the output. */
  outputSize(units: number): number;
  /** x [batch, steps, input]. Throws SHAPE_MISMATCH and DTYPE_MISMATCH while tracing. */
  run(weights: WeightTensors<P>, x: Tensor, options?: RunOptions<S>): RunResult<S>;
}

/** The tree of weights with a tensor for each. */
export type WeightTensors<P> = P extends { readonly axes: unknown; readonly init: unknown }
  ? Tensor
  : { readonly [K in keyof P]: WeightTensors<P[K]> };

/** `cell` over a sequence, forwards or in `reverse` (outputs stay at their own steps). */
export function recurrence<P extends Weights, S extends States>(
  cell: Cell<P, S>,
  { reverse = false }: { readonly reverse?: boolean } = {},
): Recurrence<P, Tensors<S>> {
  return {
    name: cell.name,
    weights: (sizes) => cell.weights(sizes),
    state: (sizes) => cell.state(sizes),
    outputSize: (units) => units,
    run: (weights, x, { state, lengths, timeMajor = false } = {}) => {
      const rows = timeMajor ? x : checkRank(cell.name, x) && transpose(x, [1, 0, 2]),
        [steps, batch] = checkRank(cell.name, rows).shape as [number, number, number];
      const start = state ?? zeroState(cell, weights as Tensors<P>, rows),
        named = mapTensors(start, (t) => t.named("batch", ...Array.from({ length: t.rank - 1 }, () => "units")));
      const counts = lengths === undefined ? undefined : stepsThatCount(cell.name, lengths, steps, batch, rows.dtype);
      const ran = scan({
        name: cell.name,
        state: { state: named as Tree<Tensor>, last: zeroLast(cell, weights as Tensors<P>, rows, named) },
        inputs: counts === undefined ? { x: rows } : { x: rows, counts },
        steps,
        reverse,
        step: (carried, inputs) => {
          const before = (carried as { state: Tensors<S> }).state,
            { output, state: after } = cell.step(weights as Tensors<P>, (inputs as { x: Tensor }).x, before);
          const on = (inputs as { counts?: Tensor }).counts;
          if (on === undefined) return { state: { state: after as Tree<Tensor>, last: output }, output };
          const old = new Map(tensorsOf(before)),
            kept = mapTensors(after as Tree<Tensor>, (t, path) => where(on, t, old.get(path)!));
          return { state: { state: kept, last: where(on, output, (carried as { last: Tensor }).last) }, output: where(on, output, 0) };
        },
      });
      const { state: end, last } = ran.state as unknown as { state: Tensors<S>; last: Tensor };
      const outputs = (ran.outputs as Tensor).named("steps", "batch", "units");
      return { outputs: timeMajor ? outputs : transpose(outputs, [1, 0, 2]), last, state: end };
    },
  };
}

function zeroState<P extends Weights, S extends States>(cell: Cell<P, S>, weights: Tensors<P>, rows: Tensor): Tensors<S> {
  const spec = cell.state({ input: rows.shape[2]!, units: unitsOf(cell, weights, rows) });
  return Object.fromEntries(
    Object.entries(spec).map(([key, { axes }]) => [key, constant(0, [rows.shape[1]!, ...Object.values(axes)], rows.dtype)]),
  ) as Tensors<S>;
}

/**
 * The units that the weights were made for: those with which the cell would declare weights of these shapes. Where they were made for
 * another input size, the step itself will say so, by name.
 */
function unitsOf<P extends Weights, S extends States>(cell: Cell<P, S>, weights: Tensors<P>, rows: Tensor): number {
  const given = Object.entries(weights as Readonly<Record<string, Tensor>>),
    sizes = given.flatMap(([, w]) => w.shape),
    largest = Math.max(0, ...sizes);
  for (const input of new Set([rows.shape[2]!, ...sizes]))
    for (let units = 0; units <= largest; units++) {
      const declared = cell.weights({ input, units }) as Weights;
      if (
        given.length > 0 &&
        given.every(([key, w]) => declared[key] !== undefined && Object.values(declared[key].axes).join() === w.shape.join())
      )
        return units;
    }
  const came = given.map(([key, w]) => describe(new Tensor(w.node, w.axes, key))).join(", ");
  throw new SluiceError({
    code: "SHAPE_MISMATCH",
    who: `${cell.name}.run`,
    what: `no number of units gives weights of these shapes: ${came || "none"}`,
    fix: `Make them with initialise(${cell.name}.weights({ input: ${rows.shape[2]}, units }), …)`,
    facts: { shapes: Object.fromEntries(given.map(([key, w]) => [key, w.shape])) },
  });
}

function zeroLast<P extends Weights, S extends States>(cell: Cell<P, S>, weights: Tensors<P>, rows: Tensor, state: Tensors<S>): Tensor {
  const { output } = cell.step(weights, constant(0, rows.shape.slice(1), rows.dtype), state);
  return constant(0, output.shape, output.dtype);
}

/** 1 where a step counts, [steps, batch, 1]. */
function stepsThatCount(name: string, lengths: Tensor, steps: number, batch: number, dtype: Tensor["dtype"]): Tensor {
  if (lengths.dtype !== "i32")
    throw new SluiceError({
      code: "DTYPE_MISMATCH",
      who: `${name}.run`,
      what: `lengths must be i32, got ${lengths.dtype}`,
      fix: "Pass an Int32Array",
      facts: { dtype: lengths.dtype },
    });
  if (lengths.rank !== 1 || lengths.shape[0] !== batch)
    throw new SluiceError({
      code: "SHAPE_MISMATCH",
      who: `${name}.run`,
      what: `lengths must be [batch ${batch}], got ${describe(lengths, "lengths")}`,
      facts: { shape: lengths.shape, batch },
    });
  return expand(less(expand(iota(steps, dtype), 1), cast(lengths, dtype)), -1);
}

function checkRank(name: string, x: Tensor): Tensor {
  if (x.rank === 3) return x;
  throw new SluiceError({
    code: "SHAPE_MISMATCH",
    who: `${name}.run`,
    what: `x must be [batch, steps, input], got ${describe(x, "x")}`,
    facts: { shape: x.shape },
  });
}
