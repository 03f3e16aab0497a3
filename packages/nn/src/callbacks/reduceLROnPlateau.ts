// Keras's ReduceLROnPlateau: the rule of `plateau` inside `fit`, saved and resumed with it.
import { text } from "@sluice/core/arguments";
import type { Callback } from "../model/model.ts";
import { optional, optionsOf, type Table } from "../options/table.ts";
import { plateau, plateauTable, type PlateauConfig, type PlateauState } from "../schedules/plateau.ts";

export interface ReduceLROnPlateauConfig extends Omit<PlateauConfig, "learningRate" | "better"> {
  /** A name in the epoch's log; default "valLoss" where there is validation, otherwise "loss". Which values are better follows from it. */
  readonly monitor?: string;
}

const { factor, patience, minDelta, cooldown, minLearningRate } = plateauTable;
export const reduceLROnPlateauTable = {
  ...{ monitor: optional(text), factor, patience, minDelta, cooldown, minLearningRate },
} satisfies Table<ReduceLROnPlateauConfig>;

/**
 * Multiplies the learning rate by `factor` after `patience` epochs in a row that are not better than the best by more than `minDelta`; a schedule goes on, scaled.
 *
 * The scale stays with the trainer and its checkpoints. As Keras's; PyTorch's waits one epoch more. Throws INVALID_ARGUMENT for numbers out of range and, in `fit`, for
 * what is not reported.
 */
export function reduceLROnPlateau(config: ReduceLROnPlateauConfig = {}): Callback {
  const who = "reduceLROnPlateau";
  const { monitor, minLearningRate, ...rest } = optionsOf(who, reduceLROnPlateauTable, config);
  let rule = plateau({ ...rest, learningRate: 1 });
  let state: PlateauState = rule.start;
  let watched = monitor ?? "loss";
  return {
    name: who,
    onTrainBegin(training) {
      watched = monitor ?? (training.validates ? "valLoss" : "loss");
      rule = plateau({ ...rest, learningRate: 1, better: training.better(watched) });
      state = rule.start;
    },
    onEpochEnd(log, training) {
      const next = rule.next(state, log[watched] ?? Number.NaN); // `better` saw the name
      if (next.learningRate < state.learningRate) training.learningRateScale = scaled(training, next.learningRate / state.learningRate);
      state = next;
    },
    state: () => ({ monitor: watched, ...state }),
    resume(saved) {
      const { monitor: before, ...kept } = saved as PlateauState & { readonly monitor: string }; // what `state` gave; `next` checks it
      if (before === watched) state = kept; // another measure says nothing
    },
  };

  /** No rate falls below the least, and none that is below it already rises. */
  function scaled(
    { learningRate, learningRateScale: scale }: { readonly learningRate: number | undefined; readonly learningRateScale: number },
    by: number,
  ): number {
    if (learningRate === undefined || learningRate === 0) return scale * by;
    const least = (minLearningRate * scale) / learningRate;
    return Math.min(scale, Math.max(scale * by, least));
  }
}
