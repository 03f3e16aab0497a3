// Smaller steps where a measure gets no better: the rule alone, from what it saw so far to what it makes of one more epoch.
import { anyNumber, check, count, finite, fraction, nonNegative, oneOf, positive, type Rule } from "@sluice/core/arguments";
import { options as recordBy } from "../options/rules.ts";
import { optional, optionsOf, preset, required, type Table } from "../options/table.ts";

export interface PlateauConfig {
  /** The first rate. */
  readonly learningRate: number;
  /** What the rate is multiplied by, in [0, 1); default 0.1. */
  readonly factor?: number;
  /** So many epochs in a row without a better one; default 10. */
  readonly patience?: number;
  /** A value is better by more than this; at least 0, default 0.0001. */
  readonly minDelta?: number;
  /** Epochs after a smaller rate that are not counted; default 0. */
  readonly cooldown?: number;
  /** No rate is below it; default 0. */
  readonly minLearningRate?: number;
  /** Which values are better. Default "lower". */
  readonly better?: "lower" | "higher";
}

export const plateauTable = {
  learningRate: required(positive),
  factor: preset(fraction, 0.1),
  patience: preset(count, 10),
  minDelta: preset(nonNegative, 1e-4),
  cooldown: preset(count, 0),
  minLearningRate: preset(nonNegative, 0),
  better: preset(oneOf("lower", "higher"), "lower"),
} satisfies Table<PlateauConfig>;

/** What it has seen, as plain data: saved beside a checkpoint, training goes on from both to the bit. */
export interface PlateauState {
  readonly learningRate: number;
  /** Epochs in a row without a better one. */
  readonly waited: number;
  /** Epochs to come that are not counted. */
  readonly cooling: number;
  /** The best value; absent before the first that is finite. */
  readonly best?: number;
}

const stateTable = { learningRate: required(nonNegative), waited: required(count), cooling: required(count), best: optional(finite) } satisfies Table<PlateauState>; // prettier-ignore
const anyState: Rule<PlateauState> = recordBy<PlateauState>(stateTable);

export interface Plateau {
  readonly start: PlateauState;
  /** After an epoch that came to this value; NaN and infinities are never better. */
  next(state: PlateauState, value: number): PlateauState;
}

/**
 * As Keras's ReduceLROnPlateau: after `patience` epochs in a row that are not better than the best by more than `minDelta`, the rate is multiplied by `factor`.
 *
 * `const rule = plateau({ learningRate: 0.01 }); let state = rule.start;` make it one with `adam({ learningRate: () => state.learningRate })` and
 * `fit(data, { onEpochEnd: ({ loss, valLoss = loss }) => void (state = rule.next(state, valLoss)) })`. PyTorch's waits one epoch more, and its threshold is by default a
 * share of the best. Throws INVALID_ARGUMENT for numbers out of range, and for a state that is none.
 */
export function plateau(config: PlateauConfig): Plateau {
  const options = optionsOf("plateau", plateauTable, config),
    { learningRate, factor, patience, minDelta, cooldown, minLearningRate, better } = options;
  const isBetter = (value: number, best: number | undefined): boolean => {
    if (best === undefined || !Number.isFinite(value)) return Number.isFinite(value);
    return better === "lower" ? value < best - minDelta : value > best + minDelta;
  };
  return {
    start: { learningRate, waited: 0, cooling: 0 },
    next(state, value) {
      check("plateau.next", "state", state, anyState);
      check("plateau.next", "value", value, anyNumber);
      const cooling = Math.max(0, state.cooling - 1),
        before = state.cooling > 0 ? 0 : state.waited;
      if (isBetter(value, state.best)) return { ...state, best: value, waited: 0, cooling };
      if (cooling > 0) return { ...state, waited: before, cooling };
      const waited = before + 1;
      if (waited < patience || state.learningRate <= minLearningRate) return { ...state, waited, cooling };
      return { ...state, learningRate: Math.max(state.learningRate * factor, minLearningRate), waited: 0, cooling: cooldown };
    },
  };
}
