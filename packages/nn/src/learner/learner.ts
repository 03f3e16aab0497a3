// Any traced loss over any tree of weights, learnt batch by batch.
import type { Bound, Fed, HostArray, Initialised, Tensor, Tree, WeightTensors } from "@sluice/core";
import type { Numbers } from "../host/hostNumbers.ts";
import { boolean } from "@sluice/core/arguments";
import { preset, type Table } from "../options/table.ts";
import type { LearnerCheckpoint } from "./checkpoint.ts";
import type { Inputs, StateTensors } from "./options.ts";

/** Numbers for each input. */
export type InputNumbers<I> = { readonly [K in keyof I]: Numbers };

/** A tree of numbers as it comes back: a host array for each. */
export type StateArrays<S> = StateTensors<S> extends Tensor ? HostArray : { readonly [K in keyof S]: StateArrays<S[K]> };

/** The same tree with other numbers, however given. */
export type StateNumbers<S> = StateTensors<S> extends Tensor ? Numbers : { readonly [K in keyof S]: StateNumbers<S[K]> };

/** The means of the loss and of each measure. */
export type Measures<M extends string> = { readonly [N in M | "loss"]: number };

/**
 * Made by `learn`; owns its weights on the backend until it is disposed. The backend stays the caller's.
 *
 * Verbs take effect in the order of their calls, also where they are not awaited. All throw DISPOSED once the learner is disposed or its
 * backend closed.
 */
export interface Learner<W, I extends Inputs, S, M extends string> extends Disposable, AsyncDisposable {
  /** Updates enqueued so far, those before its checkpoint included; those that were left out count until `measures` finds them. */
  readonly updates: number;
  /** Batches that `skipUnsound` has left out, as the last `measures` found. */
  readonly skipped: number;
  /** What runs the updates, in the backend's words; undefined before the first. */
  readonly executor: string | undefined;
  /**
   * Learns from one batch. Resolves when the run is enqueued, with the numbers of `batch` taken; every 32 batches it waits for the backend.
   * Shapes that were not seen before are compiled; 8 stay compiled. Throws what tracing throws; INVALID_ARGUMENT for inputs that are missing,
   * unknown or no numbers; for indices NOT_FINITE, DTYPE_MISMATCH and INDEX_OUT_OF_RANGE, by their place.
   */
  step(batch: InputNumbers<I>): Promise<void>;
  /**
   * The means over the batches since this was last called, or the learner was made; NaN where there are none, and before the first batch of the
   * loss alone, as nothing has named the measures yet.
   *
   * Throws NOT_FINITE, naming the batch, where a loss or its gradient is not finite: that batch and all after it were left out, and learning
   * goes on from before it. With `skipUnsound` such batches are left out alone, and counted in `skipped`.
   */
  measures(): Promise<Measures<M>>;
  /** Of one batch, without learning from it: masks are absent, and the state stays as it is. Throws NOT_FINITE where the loss is not. */
  evaluate(batch: InputNumbers<I>, options?: WhichWeights): Promise<Measures<M>>;
  /**
   * `fn` of the weights as they are at each call: the way to predict. As `compile` of core; its results are the caller's.
   *
   * ```ts
   * const predict = learner.compile((weights, x: Tensor) => x.dot(weights.kernel));
   * ```
   */
  compile<A extends readonly unknown[], R>(
    fn: (weights: WeightTensors<W>, ...args: A) => R,
    options?: WhichWeights & { readonly name?: string },
  ): LearntFunction<A, R>;
  /** Copies of the weights, in the tree that was given. */
  weights(options?: WhichWeights): Promise<Initialised<W>>;
  /** Copies in what `weights` gives. Throws INVALID_ARGUMENT for a weight that is missing or unknown, SHAPE_MISMATCH, NOT_FINITE; then nothing is changed. */
  setWeights(weights: Initialised<W>): Promise<void>;
  /** A copy of the state, in the tree that was given. */
  state(): Promise<StateArrays<S>>;
  /** Throws INVALID_ARGUMENT, SHAPE_MISMATCH or DTYPE_MISMATCH for another tree; then nothing is changed. */
  setState(state: StateNumbers<S>): Promise<void>;
  /** As it was at first: at the start of a new text, or epoch. */
  resetState(): Promise<void>;
  /** All it takes to go on from here, by `learn({ …, from })`, with the same bits. */
  checkpoint(): Promise<LearnerCheckpoint>;
  /** Frees what the learner holds on its backend, functions that it compiled among them. A second call does nothing. */
  dispose(): void;
}

/** Which weights are meant. */
export interface WhichWeights {
  /**
   * Those that the optimizer has averaged (`useEma`, `swaStart`), with what does not train as it is. Default false: those that learn. Throws INVALID_ARGUMENT where
   * no average is kept.
   */
  readonly averaged?: boolean;
}

export const whichTable = { averaged: preset(boolean, false) } satisfies Table<WhichWeights>;

/** A function of a learner's weights; what was compiled for it lives until it, or the learner, is disposed. */
export interface LearntFunction<A extends readonly unknown[], R> extends Disposable {
  (...args: { [K in keyof A]: Fed<A[K]> }): Promise<Bound<R>>;
  dispose(): void;
}

export type AnyLearner = Learner<unknown, Inputs, unknown, string>;
export type AnyWeights = Readonly<Record<string, Tree<HostArray>>>;
