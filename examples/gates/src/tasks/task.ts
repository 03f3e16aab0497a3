// What a network is to learn: sequences, what to say at their end, and when that is learnt.
import type { HostArray } from "@sluice/core";
import type { Data } from "@sluice/nn";

export interface Task {
  /** "adding over 200 steps" */
  readonly title: string;
  readonly steps: number;
  /** Of each step. */
  readonly features: number;
  /** Of what is said at the end. */
  readonly outputs: number;
  readonly loss: "mse" | "sparseCategoricalCrossentropy";
  /** What is told of the test sequences. */
  readonly measure: { readonly name: "mse" | "accuracy"; readonly better: "lower" | "higher" };
  /** Of the test sequences, from where on it counts as learnt. */
  readonly solvedAt: number;
  /** Of who has learnt nothing. */
  readonly chance: number;
  /** Never the test sequences; an epoch's follow from the seed and its number. */
  training(seed: number, epoch: number): Iterable<Sequences>;
  readonly test: Sequences;
}

/** x [samples, steps, features], y [samples]. */
export interface Sequences extends Data {
  readonly x: HostArray;
  readonly y: readonly number[];
}

/** Sequences of a batch. */
export const batchSize = 50;
/** Batches from one look at the test sequences to the next. */
export const batchesPerLook = 50;
