// What a model was saved with, as training takes it up, and the way there.
import { learntPart, packing, trainedPart, viewHost, type Layout } from "../weights/layout.ts";
import type { Pieces } from "../host/turns.ts";
import type { SavedVariables } from "../learner/variables.ts";
import type { AnyModel } from "../model/model.ts";
import type { EpochLog } from "../model/options.ts";
import type { Saved, SavedBest } from "../model/saved.ts";
import type { BestSoFar } from "./best.ts";

/** That of the weights it comes with. */
export function savedType({ saved }: Pick<AnyModel, "saved">): "f32" | "f64" {
  return Object.values(saved?.weights ?? {})[0]?.dtype === "f64" ? "f64" : "f32";
}

/** Names of weights that do not train. */
export function frozenIn(layout: Layout): { readonly frozen?: readonly string[] } {
  const trained = trainedPart(layout).entries;
  const frozen = Object.keys(layout.entries).filter((name) => !Object.hasOwn(trained, name));
  return frozen.length === 0 ? {} : { frozen };
}

export function startFrom({ weights, training }: Saved): SavedVariables {
  if (training === undefined) return { weights };
  const { slots, step: batches, learningRateScale = 1, gathered } = training;
  return { weights, training: { slots, batches, learningRateScale, gathered } };
}

interface Packing {
  readonly layout: Layout;
  readonly dtype: "f32" | "f64";
}

/** The best epoch so far as it is saved: `finished` epochs before the next fit's first, which has number 1. */
export function packed({ layout, dtype }: Packing, { weights, log, ...rest }: BestSoFar, finished: number): SavedBest {
  return {
    ...rest,
    ...(log && { log: { ...log, epoch: log.epoch - finished } }),
    ...(weights && { weights: viewHost(learntPart(layout), weights.slice(), dtype) }),
  };
}

/** The way back, to a fit of which so many epochs are over. */
export function* unpacked({ layout, dtype }: Packing, { weights, log, ...rest }: SavedBest, finished: number): Pieces<BestSoFar> {
  return {
    ...rest,
    ...(log && { log: { ...log, epoch: (log["epoch"] ?? 0) + finished } as EpochLog }), // `packed` made it of one
    ...(weights && { weights: yield* packing(learntPart(layout), weights, dtype, "trainer.fit") }),
  };
}
