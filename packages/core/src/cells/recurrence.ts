// A cell over a sequence: one direction.
import { SluiceError } from "../errors.ts";
import { less, where } from "../trace/arithmetic.ts";
import { constant, iota } from "../trace/constants.ts";
import { describe } from "../trace/describe.ts";
import { cast } from "../trace/functions.ts";
import { at, expand, transpose } from "../trace/movement.ts";
import { mapTensors, scan, tensorsOf } from "../trace/scan.ts";
import { Tensor } from "../trace/tensor.ts";
import type { Tree } from "../trace/tree.ts";
import type { Cell, Sizes, States, Tensors, Weights } from "./cell.ts";

/** How a sequence is run. S is the tree of states. */
export interface RunOptions<S> {
  /** The state to start from, each [batch, …]. Default zeros. */
  readonly state?: S | undefined;
  /**
   * Steps of each row that count: i32 [batch], each 0 … steps (`lengths(…)` checks them on the host; in a Program more counts as all).
   * A step at or past it leaves the state alone and outputs zero. Default all.
   */
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
      const rows = timeMajor ? checkRank(cell.name, x) : transpose(checkRank(cell.name, x), [1, 0, 2]),
        own = weights as Tensors<P>; // of a single cell, the tree of weights is its record
      const start = mapTensors((state ?? zeroState(cell, own, rows)) as Tree<Tensor>, nameAxes) as Tensors<S>;
      const way: Way<P, S> = { cell, weights: own, rows, start, reverse };
      const ran = lengths === undefined ? runAll(way) : runCounted(way, stepsThatCount(cell.name, lengths, rows)),
        outputs = ran.outputs.named("steps", "batch", "units");
      return { ...ran, outputs: timeMajor ? outputs : transpose(outputs, [1, 0, 2]) };
    },
  };
}

interface Way<P extends Weights, S extends States> {
  readonly cell: Cell<P, S>;
  readonly weights: Tensors<P>;
  /** [steps, batch, input] */
  readonly rows: Tensor;
  readonly start: Tensors<S>;
  readonly reverse: boolean;
}

function runAll<P extends Weights, S extends States>({ cell, weights, rows, start, reverse }: Way<P, S>): RunResult<Tensors<S>> {
  const step = (state: Tree<Tensor>, x: Tensor): { state: Tree<Tensor>; output: Tensor } => cell.step(weights, x, state as Tensors<S>);
  const { state, outputs } = scan({ name: cell.name, state: start as Tree<Tensor>, inputs: rows, reverse, step });
  const last = rows.shape[0] === 0 ? constant(0, outputs.shape.slice(1), outputs.dtype) : at(outputs, 0, reverse ? 0 : -1);
  return { outputs, last, state: state as Tensors<S> };
}

/** Where a step does not count, the state and the last output stay as they are. */
function runCounted<P extends Weights, S extends States>(
  { cell, weights, rows, start, reverse }: Way<P, S>,
  counts: Tensor,
): RunResult<Tensors<S>> {
  const { output: like } = cell.step(weights, constant(0, rows.shape.slice(1), rows.dtype), start); // for its shape alone
  const carried: { state: Tree<Tensor>; last: Tensor } = { state: start, last: constant(0, like.shape, like.dtype) };
  const { state, outputs } = scan({
    name: cell.name,
    state: carried,
    inputs: { x: rows, counts },
    reverse,
    step: ({ state: before, last }, inputs) => {
      const { output, state: after } = cell.step(weights, inputs.x, before as Tensors<S>),
        old = new Map(tensorsOf(before));
      const kept = mapTensors(after as Tree<Tensor>, (t, path) => where(inputs.counts, t, old.get(path)!));
      return { state: { state: kept, last: where(inputs.counts, output, last) }, output: where(inputs.counts, output, 0) };
    },
  });
  return { outputs, last: state.last, state: state.state as Tensors<S> };
}

function nameAxes(t: Tensor): Tensor {
  return t.named("batch", ...Array.from({ length: t.rank - 1 }, () => "units"));
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

/** 1 where a step counts, [steps, batch, 1]. */
function stepsThatCount(name: string, lengths: Tensor, { shape: [steps = 0, batch = 0], dtype }: Tensor): Tensor {
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
