// Any cell of core as a layer over the steps of a sequence; the built-in ones each name their options in a file of their own.
import { bidirectional, recurrence } from "@sluice/core";
import type { Cell, ExtraSpec, InitialState, Recurrence, SluiceError, States, Tree, Weight, Weights, WeightTensors } from "@sluice/core";
import { boolean, check, oneOf, size } from "@sluice/core/arguments";
import { having, layerName } from "../options/rules.ts";
import { given, optional, preset, required, type Table } from "../options/table.ts";
import { checkedLayer, checkNumbers, shapeMismatch, type Built, type Layer } from "./layer.ts";
import { masked, maskTable, masksOf, type MaskConfig } from "./recurrentMasks.ts";
import type { Spec } from "./spec.ts";

export interface RecurrentConfig extends MaskConfig {
  readonly units: number;
  /** All steps [batch, steps, units], or the last [batch, units] (default). */
  readonly returnSequences?: boolean;
  /** Read the sequence from its end; the outputs then stand in the order they were computed, as in Keras. Default false. */
  readonly goBackwards?: boolean;
  /** Whether every sequence starts from zeros (default) or from a state that is learnt, one for all. */
  readonly initialState?: InitialState;
  readonly name?: string;
}

export const recurrentTable = {
  units: required(size),
  returnSequences: preset(boolean, false),
  goBackwards: preset(boolean, false),
  initialState: preset(oneOf("zeros", "learnt"), "zeros"),
  ...maskTable,
  name: optional(layerName),
} satisfies Table<RecurrentConfig>;

const anyCell = having<Cell<never, never>>("a cell, such as gru()", {
  ...{ name: "string", weights: "function", state: "function", step: "function" },
});

/** A layer that `bidirectional` can run both ways. */
export interface RecurrentLayer extends Layer {
  readonly config: RecurrentConfig;
  /** The same cell with weights for each direction. */
  both: BothWays;
}

export type BothWays = (merge: "concat" | "sum" | "mean", input: Spec, who: string) => Built;

/**
 * A layer of any cell: `recurrent(mgu)({ units: 32 })`.
 *
 * x [batch, steps, features] → [batch, units], or [batch, steps, units] with `returnSequences`. Weights are the cell's.
 * A saved model finds it again by the cell's name: `loadModel(path, { layers: { mgu: recurrent(mgu) } })`.
 * Throws INVALID_ARGUMENT for what is no cell, `units` below 1 and what else the config may not be; at build SHAPE_MISMATCH for a sample that is not
 * [steps, features].
 */
export function recurrent<P extends Weights, S extends States>(cell: Cell<P, S>): (config: RecurrentConfig) => RecurrentLayer {
  check<unknown>("recurrent", "cell", cell, anyCell);
  return (options) => recurrentLayer(cell.name, cell, given(cell.name, recurrentTable, options));
}

/** As `recurrent`, for a layer with another name than its cell or more options; `config` was checked. */
export function recurrentLayer<P extends Weights, S extends States>(
  kind: string,
  cell: Cell<P, S>,
  config: RecurrentConfig,
): RecurrentLayer {
  const { goBackwards: reverse, initialState } = config,
    trained = masked(cell, config);
  return checkedLayer({
    kind,
    config,
    both: (merge, input, who) => overSteps(bidirectional(trained, undefined, { merge, initialState }), config, input, who),
    build: (input, who) => overSteps(recurrence(trained, { reverse, initialState }), config, input, who),
  });
}

function overSteps<P, S, E>(ways: Recurrence<P, S, E>, config: RecurrentConfig, input: Spec, who: string): Built {
  checkNumbers(who, input);
  const { units, returnSequences, goBackwards } = config,
    [steps, features] = input.shape;
  if (input.shape.length !== 2 || steps === undefined || features === undefined) throw notSequence(who, input);
  const sizes = { input: features, units },
    size = ways.outputSize(units);
  return {
    output: returnSequences
      ? { shape: [steps, size], axes: ["steps", "units"], dtype: "float" }
      : { shape: [size], axes: ["units"], dtype: "float" },
    weights: ways.weights(sizes) as Tree<Weight>, // P is a record of weights, or of records of them
    mask: masksOf(ways.extras(sizes) as Tree<ExtraSpec>, steps, config), // likewise
    apply(weights, x, { mask }) {
      const { outputs, last } = ways.run(weights as WeightTensors<P>, x, { extras: mask as E }); // of what was just declared
      if (!returnSequences) return last;
      return goBackwards ? outputs.flip(1) : outputs;
    },
  };
}

function notSequence(who: string, input: Spec): SluiceError {
  const fix = input.shape.length === 1 ? "A recurrent layer before it needs returnSequences: true" : undefined;
  return shapeMismatch(who, "x [batch, steps, features]", input, fix);
}
