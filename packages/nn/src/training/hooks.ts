// What a callback may be called by.
import type { Callback } from "../model/model.ts";

export type Hook = Extract<keyof Callback, `on${string}`>;

export const hooks: readonly Hook[] = [
  "onTrainBegin",
  "onEpochBegin",
  "onTrainBatchBegin",
  "onTrainBatchEnd",
  "onProgress",
  "onEpochEnd",
  "onTrainEnd",
];
