// A cell over a sequence: one direction.
import { SluiceError } from "../errors.ts";
import { where } from "../trace/arithmetic.ts";
import { constant } from "../trace/constants.ts";
import { checkTensor, checkTensors } from "../trace/checkTensor.ts";
import { describe } from "../trace/describe.ts";
import { cast } from "../trace/functions.ts";
import { at, reshape, transpose } from "../trace/movement.ts";
import { sum } from "../trace/reductions.ts";
import { mapTensors, scan, tensorsOf } from "../trace/scan.ts";
import type { Tensor } from "../trace/tensor.ts";
import type { Tree } from "../trace/tree.ts";
import type { Cell, Extras, Given, Sizes, States, Tensors, Weights } from "./cell.ts";
import { checkBoolean, checkCount, checkOneOf, checkSize, record } from "../arguments/checks.ts";
import { type Names, options } from "../arguments/options.ts";
import { checkCell } from "./checkCell.ts";
import { checkNamed, checkRows } from "./checkTensors.ts";
import { sortExtras, type SortedExtras } from "./extras.ts";
import { stepsThatCount } from "./stepsThatCount.ts";
import { apart, forEachRow, withInitial, type InitialState, type Started } from "./initialState.ts";
import { declaredWeights, sizesOf } from "./sizesOf.ts";
import { type RunWatch, watchedStep, watchRun } from "./watch.ts";
import { zeroState } from "./zeroState.ts";

/** How a sequence is run. S is the tree of states, E that of what may be given beside x. */
export interface RunOptions<S, E = unknown> {
  /** The state to start from, each [batch, …]. Default zeros, or what was learnt. */
  readonly state?: S | undefined;
  /** What the cell takes beside x, by name: [batch, steps, …] (time-major as x is) or [batch, …]. Without it a cell does what it does in inference. */
  readonly extras?: E | undefined;
  /**
   * Steps of each row that count: i32 [batch], each 0 … steps (`lengths(…)` checks them on the host; in a Program more counts as all).
   * A step at or past it leaves the state alone and outputs zero; what x and extras hold there, NaN included, changes no number. Default all.
   */
  readonly lengths?: Tensor | undefined;
  /** Steps of each row that count: [batch, steps] (time-major as x is), of any dtype, 0 where one does not, which is as past `lengths`. Default all. */
  readonly mask?: Tensor | undefined;
  /** x, outputs and extras per step are [steps, batch, …] instead of [batch, steps, …]. Default false. */
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
export interface Recurrence<P, S, E = unknown> {
  readonly name: string;
  weights(sizes: Sizes): P;
  state(sizes: Sizes): unknown;
  /** What a run may be given beside x. */
  extras(sizes: Sizes): unknown;
  /** Features per step of the output. */
  outputSize(units: number): number;
  /** x [batch, steps, input]. Throws SHAPE_MISMATCH and DTYPE_MISMATCH while tracing, INVALID_ARGUMENT for extras the cell does not take. */
  run(weights: WeightTensors<P>, x: Tensor, options?: RunOptions<S, E>): RunResult<S>;
}

/** The tree of weights with a tensor for each. */
export type WeightTensors<P> = P extends { readonly axes: unknown; readonly init: unknown }
  ? Tensor
  : { readonly [K in keyof P]: WeightTensors<P[K]> };

export interface RecurrenceOptions<I extends InitialState = InitialState> {
  /** Read the sequence from its end. Default false. */
  readonly reverse?: boolean | undefined;
  /** "zeros", or "learnt": weights of their own, `initial`, one of each state for all rows. They start at zero. Default "zeros". */
  readonly initialState?: I | undefined;
}

/**
 * `cell` over a sequence, forwards or in `reverse` (outputs stay at their own steps).
 * Throws INVALID_ARGUMENT for an unknown `initialState`, or a learnt one of a cell that has a weight "initial" already.
 */
export function recurrence<P extends Weights, S extends States, E extends Extras, const I extends InitialState = "zeros">(
  cell: Cell<P, S, E>,
  given: RecurrenceOptions<I> = {},
): Recurrence<Started<P, S, I>, Tensors<S>, Given<E>> {
  checkCell("recurrence", cell);
  const { reverse = false, initialState: start = "zeros" as InitialState } = options("recurrence", given, {
    reverse: true,
    initialState: true,
  });
  checkBoolean("recurrence", "reverse", reverse);
  checkOneOf("recurrence", "initialState", start, ["zeros", "learnt"]);
  return {
    name: cell.name,
    weights: (given) => {
      const sizes = checkSizes(cell.name, given);
      return (start === "learnt" ? withInitial(cell, sizes) : cell.weights(sizes)) as Started<P, S, I>;
    },
    state: (sizes) => cell.state(checkSizes(cell.name, sizes)),
    extras: (sizes) => cell.extras?.(checkSizes(cell.name, sizes)) ?? {},
    outputSize: (units) => cell.outputSize?.(units) ?? units,
    run: (weights, x, way = {}) => {
      const called = { who: `${cell.name}.run`, cell: cell.name },
        { state, extras, lengths, mask, timeMajor } = checkedWay<Tensors<S>, Given<E>>(called.who, x, way),
        ofStates = { ...called, one: "state", all: "state" };
      const { own, initial } =
        start === "learnt" ? apart<P, S>(weights) : { own: record(called.who, weights as Tensors<P>, "weights"), initial: undefined }; // a single cell's tree of weights is its record
      const rows = timeMajor ? checkRank(cell.name, x) : transpose(checkRank(cell.name, x), [1, 0, 2]),
        [steps, batch, input] = rows.shape as [number, number, number];
      const found = sizesOf(cell, own, input),
        { sizes } = found,
        declared = record(cell.name, cell.state(sizes), "what state(…) returns"),
        states = Object.keys(declared);
      checkNamed({ ...called, one: "weight", all: "weights" }, Object.keys(declaredWeights(cell, sizes)), own);
      if (state !== undefined) {
        checkNamed(ofStates, states, state);
        checkRows(called.who, declared, state, batch);
      }
      if (start === "learnt") checkNamed({ ...ofStates, all: "weights.initial" }, states, initial ?? {});
      const begin = state ?? (initial === undefined ? zeroState(cell, own, rows, found, declared) : forEachRow(initial, batch));
      const specs = cell.extras?.(sizes) ?? {}; // for their ranks alone
      const counts = stepsThatCount(called.who, { lengths, mask, timeMajor }, rows),
        first = mapTensors(begin as Tree<Tensor>, nameAxes) as Tensors<S>;
      const ready: Way<P, S> = {
        ...{ cell, weights: own, rows, reverse, start: first },
        ...sortExtras(specs, extras, { who: `${cell.name}.run`, steps, batch, timeMajor }),
        watch: watchRun({ cell: cell.name, x: rows, start: first, counts, reverse }),
      };
      const ran = counts === undefined ? runAll(ready) : runCounted(ready, counts),
        outputs = ran.outputs.named("steps", "batch", "units");
      return { ...ran, outputs: timeMajor ? outputs : transpose(outputs, [1, 0, 2]) };
    },
  };
}

/** The options of a run, with what holds where they are left out. */
function checkedWay<S, E extends object>(
  who: string,
  x: Tensor,
  way: RunOptions<S, E>,
): RunOptions<S, E> & { readonly extras: E; readonly timeMajor: boolean } {
  const { extras = {} as E, timeMajor = false, ...rest } = options<RunOptions<S, E>>(who, way, runNames);
  checkBoolean(who, "timeMajor", timeMajor);
  checkTensor(who, x);
  checkTensors(who, { lengths: rest.lengths, mask: rest.mask });
  record(who, extras, "extras");
  return { ...rest, extras, timeMajor };
}

function checkSizes(name: string, sizes: Sizes): Sizes {
  const { input, units } = options(name, sizes, { input: true, units: true }, "sizes");
  checkCount(name, "input", input);
  checkSize(name, "units", units);
  return sizes;
}

/** The names of what a run takes. */
export const runNames: Names<RunOptions<unknown>> = { state: true, extras: true, lengths: true, mask: true, timeMajor: true };

interface Way<P extends Weights, S extends States> extends SortedExtras {
  readonly cell: Cell<P, S>;
  readonly weights: Tensors<P>;
  /** [steps, batch, input] */
  readonly rows: Tensor;
  readonly start: Tensors<S>;
  readonly reverse: boolean;
  readonly watch: RunWatch | undefined;
}

function runAll<P extends Weights, S extends States>(way: Way<P, S>): RunResult<Tensors<S>> {
  const { cell, rows, start, reverse, perStep, watch } = way;
  const {
    state,
    outputs: { output: outputs, seen },
  } = scan({
    name: cell.name,
    state: start as Tree<Tensor>,
    inputs: { x: rows, extras: perStep, watched: watch?.inputs ?? {} },
    reverse,
    step: (before, inputs) => {
      const { state, ...output } = stepOf(way, before, inputs);
      return { state, output };
    },
  });
  watch?.all(seen);
  const last = rows.shape[0] === 0 ? constant(0, outputs.shape.slice(1), outputs.dtype) : at(outputs, 0, reverse ? 0 : -1);
  return { outputs, last, state: state as Tensors<S> };
}

interface StepInputs {
  readonly x: Tensor;
  readonly extras: Tensors<Extras>;
  readonly watched: Tensors<Extras>;
}

/** One step of the cell, and what whoever watches it keeps. */
function stepOf<P extends Weights, S extends States>(
  { cell, weights, perSequence, watch }: Way<P, S>,
  before: Tree<Tensor>,
  { x, extras, watched }: StepInputs,
): Stepped & { readonly seen: Tree<Tensor> } {
  const step = () => cell.step(weights, x, before as Tensors<S>, { ...perSequence, ...extras });
  if (watch === undefined) return { ...(step() as Stepped), seen: {} };
  return watchedStep(watch, step, { before: before as Tensors<States>, inputs: watched });
}

/**
 * Where a step does not count, the state and the last output stay as they are. What is given for it is taken as zeros, and as ones beside x: it
 * must not enter a product, there or on the way back, where 0·NaN is NaN, and a cell may divide by what it is given.
 */
function runCounted<P extends Weights, S extends States>(way: Way<P, S>, counts: Tensor): RunResult<Tensors<S>> {
  const { cell, weights, start, reverse, perSequence, watch } = way,
    rows = counted(way.rows, counts, 0),
    perStep = mapTensors(way.perStep, (extra) => counted(extra, counts, 1));
  const ones = mapTensors(perStep, ({ shape, dtype }) => constant(1, shape.slice(1), dtype));
  const { output: like } = cell.step(weights, constant(0, rows.shape.slice(1), rows.dtype), start, { ...perSequence, ...ones }); // for its shape alone
  const carried: { state: Tree<Tensor>; last: Tensor } = { state: start, last: constant(0, like.shape, like.dtype) };
  let shown: string | undefined; // the state that the cell gives as its output, if it does
  const {
    state,
    outputs: { output: outputs, seen },
  } = scan({
    name: cell.name,
    state: carried,
    inputs: { x: rows, counts, extras: perStep, watched: watch?.inputs ?? {} },
    reverse,
    step: ({ state: before, last }, inputs) => {
      const { output, state: after, seen } = stepOf(way, before, inputs),
        old = new Map(tensorsOf(before));
      shown = tensorsOf(after).find(([, t]) => t === output)?.[0];
      const kept = mapTensors(after, (t, path) => where(inputs.counts, t, old.get(path)!));
      const counted = where(inputs.counts, output, 0);
      return { state: { state: kept, last: where(inputs.counts, output, last) }, output: { output: counted, seen } };
    },
  });
  watch?.all(seen);
  return { outputs, last: lastOf(state, shown, counts), state: state.state as Tensors<S> };
}

/** After its last step that counts a row's output is the state that it shows. So `last` need not be carried: in a loop of its own all of a step would be computed again. */
function lastOf(
  { state, last }: { readonly state: Tree<Tensor>; readonly last: Tensor },
  shown: string | undefined,
  counts: Tensor,
): Tensor {
  const found = tensorsOf(state).find(([path]) => path === shown)?.[1];
  return found === undefined ? last : where(sum(counts, 0), found, 0);
}

/** x [steps, batch, …], another number where a step does not count. */
function counted(x: Tensor, counts: Tensor, otherwise: number): Tensor {
  const [steps, batch, ...own] = x.shape as [number, number, ...number[]];
  return where(cast(reshape(counts, [steps, batch, ...own.map(() => 1)]), x.dtype), x, otherwise);
}

/** A record of states is a tree of tensors. */
type Stepped = { readonly state: Tree<Tensor>; readonly output: Tensor };

function nameAxes(t: Tensor): Tensor {
  return t.named("batch", ...Array.from({ length: t.rank - 1 }, () => "units"));
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
