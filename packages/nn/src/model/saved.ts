// What training leaves behind: plain data, from which a model predicts and a trainer goes on.
import type { HostArray } from "@sluice/core";
import type { Spec } from "../layers/spec.ts";
import type { SavedGathering } from "../learner/gathering.ts";
import type { SavedSums } from "../learner/totals.ts";

/** What training leaves behind; see `serialize`. */
export interface Saved {
  /** What it was made for, by input; "x" where there is one without a name. */
  readonly samples: Readonly<Record<string, Spec>>;
  /** By layer and key, "lstm.wx". */
  readonly weights: Readonly<Record<string, HostArray>>;
  /** Present where training may go on from here as if it had not stopped. */
  readonly training?: SavedTraining;
}

export interface SavedTraining {
  readonly optimizer: string;
  /** Batches and epochs done; a batch is an update, or a part of one. */
  readonly step: number;
  readonly epoch: number;
  /** So many batches are an update; absent where one is. */
  readonly gradientAccumulationSteps?: number;
  /** What the batches since the last update came to, where several are one. */
  readonly gathered?: SavedGathering;
  /** What the learning rates are multiplied by; absent where that is 1. */
  readonly learningRateScale?: number;
  /** Weights that did not train, by name; absent where all did. */
  readonly frozen?: readonly string[];
  /** The optimizer's arrays by name, each by layer and key of those that trained. */
  readonly slots: Readonly<Record<string, Readonly<Record<string, HostArray>>>>;
  /** Present where a fit was under way, or was cut short. */
  readonly progress?: SavedProgress;
}

export interface SavedProgress {
  /** Of the epochs that were over, where it was saved while the fit ran. */
  readonly logs?: readonly Readonly<Record<string, number>>[];
  /** What callbacks need to go on, by their names. */
  readonly callbacks?: Readonly<Record<string, unknown>>;
  /** Absent between epochs. */
  readonly position?: SavedPosition;
  readonly best?: SavedBest;
}

/** Where an epoch stands that is not over; taken up by a fit over as many samples, in batches and an order as there. */
export interface SavedPosition {
  /** Done. */
  readonly steps: number;
  /** Absent of a stream. */
  readonly samples?: number;
  readonly batchSize: number;
  /** The seed of the order, or none. */
  readonly shuffle: number | false;
  /** Boundaries of buckets by length, where there were some. */
  readonly buckets?: readonly number[];
  readonly sums: SavedSums;
  /** What a stateful model carries on, by name, "lstm.h". */
  readonly carried?: Readonly<Record<string, readonly number[]>>;
}

/** What `monitor` and `patience` have seen. */
export interface SavedBest {
  readonly monitor: string;
  /** Epochs in a row without a better one. */
  readonly waited: number;
  /** The best epoch's numbers; `epoch` counts from the next fit's first, which is 1. */
  readonly log?: Readonly<Record<string, number>>;
  /** Its weights by layer and key, where `restoreBestWeights` asked for them. */
  readonly weights?: Readonly<Record<string, HostArray>>;
}
