// Any cell of core as a layer over the steps of a sequence; the built-in ones each name their options in a file of their own.
import { bidirectional, recurrence } from "@sluice/core";
import type {
  Cell,
  ExtraSpec,
  InitialState,
  Merge,
  Recurrence,
  RunOptions,
  RunResult,
  States,
  Tensor,
  Tree,
  Weight,
  Weights,
  WeightTensors,
} from "@sluice/core";
import { boolean, check, oneOf, size } from "@sluice/core/arguments";
import { having, layerName } from "../options/rules.ts";
import { given, optional, preset, required, type Table } from "../options/table.ts";
import { callable, withAlso } from "./callable.ts";
import { sequenceOf } from "./checks.ts";
import type { ArraysOf, Known, LayerName, Naming } from "./known.ts";
import type { Beside, Built, Gives, LayerDefinition, Stepwise, Symbolic } from "./layer.ts";
import { masked, maskTable, masksOf, type MaskConfig } from "./recurrentMasks.ts";
import { recurrentWeights } from "./recurrentWeights.ts";
import { reversed } from "./reversed.ts";
import { activityTable, declaredIn, type ActivityOption } from "./weightOptions.ts";
import { runInParts } from "./runInParts.ts";
import { checkStart, namesOf, noCarry, specsOf, stepwiseOf, twoStarts } from "./recurrentState.ts";
import type { Spec } from "./spec.ts";

export interface RecurrentConfig extends MaskConfig, ActivityOption {
  readonly units: number;
  /** All steps [batch, steps, units], or the last [batch, units] (default). */
  readonly returnSequences?: boolean;
  /**
   * Read the sequence from its end; the outputs then stand in the order they were computed, as in Keras: that of a row's last step that counts is the
   * first. (Keras puts what does not count in front, under the mask of the sequence that was read.) Default false.
   */
  readonly goBackwards?: boolean;
  /** Whether every sequence starts from zeros (default) or from a state that is learnt, one for all. */
  readonly initialState?: InitialState;
  /**
   * Go on from where the batch before ended, row by row (truncated back-propagation through time: Williams & Peng 1990): in a fit over the batches of an
   * epoch, in evaluate and predict over those of a call. Default false.
   */
  readonly stateful?: boolean;
  /**
   * Of the steps of a batch, after how many the state is carried on to the next, where batches overlap: gradients then reach further back than batches move on.
   * So k1 is `carrySteps` and k2 the steps of a batch, of Williams & Peng 1990's truncation. Default all of them; for a stateful layer.
   */
  readonly carrySteps?: number;
  readonly name?: string;
}

export const recurrentTable = {
  units: required(size),
  returnSequences: preset(boolean, false),
  goBackwards: preset(boolean, false),
  initialState: preset(oneOf("zeros", "learnt"), "zeros"),
  stateful: preset(boolean, false),
  carrySteps: optional(size),
  ...maskTable,
  ...activityTable,
  name: optional(layerName),
} satisfies Table<RecurrentConfig>;

const anyCell = having<Cell<never, never>>("a cell, such as gru()", {
  ...{ name: "string", weights: "function", state: "function", step: "function" },
});

/** The states of a recurrent layer by name, as values of a graph. */
export type StateValues<K extends string> = { readonly [N in K]: Symbolic };

/** What a recurrent layer gives: its output and, as `state`, the state after the last step that counts, by its names. */
export type Recurred<S> = Symbolic & { readonly state: S };

/** A recurrent layer of a cell with states K; one that `bidirectional` can run both ways. */
export interface RecurrentLayer<K extends string = string> extends LayerDefinition {
  /** x [batch, steps, features]; it starts from `initialState`, where that is given: the `state` that another one gave. */
  (x: Symbolic, beside?: { readonly initialState?: StateValues<K> }): Recurred<StateValues<K>>;
  readonly config: RecurrentConfig;
  /** With the masks that the config asks for. */
  readonly cell: Cell<never, never>;
  /** The same cell with weights for each direction. */
  both: BothWays;
}

/** The same with weights that are declared as P, and `initial` where the start is learnt. */
export type KnownRecurrent<K extends string, N extends LayerName, P, S extends string> = RecurrentLayer<S> &
  Known<K, N, ArraysOf<P & { readonly initial?: { readonly [I in S]: Weight } }>>;

export interface BothWays {
  readonly also: Gives;
  build(merge: Merge, input: Spec, who: string, beside: Beside<Spec>): Built;
}

/**
 * A layer of any cell: `recurrent(mgu)({ units: 32 })`.
 *
 * x [batch, steps, features] → [batch, units], or [batch, steps, units] with `returnSequences`. Weights are the cell's. A step that does not count
 * leaves the state alone, and the last step is the last that counts.
 * A saved model finds it again by the cell's name: `loadModel(path, { layers: { mgu: recurrent(mgu) } })`.
 * Throws INVALID_ARGUMENT for what is no cell, `units` below 1 and what else the config may not be; at build SHAPE_MISMATCH for a sample that is not
 * [steps, features].
 */
export function recurrent<P extends Weights, S extends States>(
  cell: Cell<P, S>,
): <const N extends LayerName = undefined>(config: RecurrentConfig & Naming<N>) => KnownRecurrent<string, N, P, keyof S & string> {
  check<unknown>("recurrent", "cell", cell, anyCell);
  return (options) => recurrentLayer(cell.name, cell, given<RecurrentConfig>(cell.name, recurrentTable, options));
}

/** As `recurrent`, for a layer with another name than its cell or more options; `config` was checked. */
export function recurrentLayer<P extends Weights, S extends States>(
  kind: string,
  cell: Cell<P, S>,
  config: RecurrentConfig,
): RecurrentLayer<keyof S & string> {
  const { goBackwards: reverse = false, initialState = "zeros", units } = config,
    trained = masked(cell, config),
    ways = recurrence(trained, { reverse, initialState });
  const state = namesOf(cell.state({ input: 1, units })); // for its names alone
  const step = reverse ? undefined : (specs: Tree<Spec>): Stepwise => stepwiseOf(trained, specs);
  return callable({
    kind,
    config,
    reads: ["initialState"],
    also: { state },
    cell: trained,
    both: {
      also: { state: { forward: state, backward: state } },
      build: (merge, input, who, beside) =>
        overSteps({ ways: bidirectional(trained, undefined, { merge, initialState }), config, input, who, beside }),
    } satisfies BothWays,
    build: (input: Spec, who: string, beside: Beside<Spec> = {}) => overSteps({ ways, config, input, who, beside, stepwise: step }),
  }) as unknown as RecurrentLayer<keyof S & string>; // a call gives what `also` says
}

interface OverSteps<P, S, E> {
  readonly ways: Recurrence<P, S, E>;
  readonly config: RecurrentConfig;
  readonly input: Spec;
  readonly who: string;
  readonly beside: Beside<Spec>;
  readonly stepwise?: ((state: Tree<Spec>) => Stepwise) | undefined;
}

function overSteps<P, S, E>({ ways, config, input, who, beside, stepwise }: OverSteps<P, S, E>): Built {
  const { units, returnSequences = false, goBackwards = false, stateful = false, initialState, activityRegularizer } = config;
  const fix = input.shape.length === 1 ? "A recurrent layer before it needs returnSequences: true" : undefined;
  const [steps, features] = sequenceOf(who, input, fix),
    sizes = { input: features, units },
    size = ways.outputSize(units);
  const { carrySteps = steps } = config;
  if (carrySteps !== steps && (!stateful || goBackwards || carrySteps > steps)) throw noCarry(who, carrySteps, steps);
  if (stateful && (beside["initialState"] !== undefined || initialState === "learnt")) throw twoStarts(who);
  const state = specsOf(ways.state(sizes));
  const extras = ways.extras(sizes) as Tree<ExtraSpec>; // a record of them, or of records
  checkStart(who, state, beside["initialState"]);
  const output: Spec = returnSequences
    ? { shape: [steps, size], axes: ["steps", "units"], dtype: "float" }
    : { shape: [size], axes: ["units"], dtype: "float" };
  return {
    output,
    also: { state },
    weights: declaredIn(ways.weights(sizes) as Tree<Weight>, recurrentWeights, config), // P is a record of weights, or of records of them
    activityRegularizer,
    drawn: masksOf(extras, steps, config),
    ...(stateful && { carried: state }),
    ...(stepwise !== undefined && { stepwise: () => stepwise(state) }),
    apply(weights, x, { drawn, mask, beside: given, carried }) {
      const start = (carried?.before ?? given?.["initialState"]) as S | undefined; // as its specs are
      const run = (part: Tensor, options: RunOptions<S, E>): RunResult<S> => ways.run(weights as WeightTensors<P>, part, options); // of what was just declared
      const options = { extras: drawn as E, mask, state: start }; // likewise
      const { ran, carried: after } =
        carried === undefined || carrySteps === steps
          ? wholeOf(run(x, options))
          : runInParts({ run, x, options, extras, first: carrySteps });
      carried?.next(after as Tree<Tensor>); // likewise
      const result = !returnSequences ? ran.last : goBackwards ? reversed(ran.outputs, mask) : ran.outputs;
      return withAlso(result, { state: ran.state as Tree<Tensor> });
    },
  };
}

function wholeOf<S>(ran: RunResult<S>): { readonly ran: RunResult<S>; readonly carried: S } {
  return { ran, carried: ran.state };
}
