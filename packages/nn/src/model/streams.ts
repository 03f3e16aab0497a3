// A trained model one step at a time: what the caller says, and gets.
import type { HostArray, NDArray, Tree } from "@sluice/core";
import type { DecodingStep } from "../decoding/step.ts";
import type { Numbers } from "../host/hostNumbers.ts";
import type { Named } from "./graph.ts";
import type { ByName, Names } from "./names.ts";
import type { BySome } from "./options.ts";

export interface StepOptions<I extends Names = null> {
  /** The input whose steps come one by one; needed where a model has several. */
  readonly over?: I & string;
  /** Steps at most: how many keys and values attention keeps. Needed where a layer keeps something of every step. Beyond them a decoder scores NaN, which `generate` and `beamSearch` refuse. */
  readonly maxSteps?: number;
  /** The other inputs, whole, [batch, …] each. */
  readonly inputs?: BySome<I, Numbers>;
  /** How many steps of these count, where not all do: [batch] each. */
  readonly lengths?: BySome<I, Numbers>;
}

export interface StreamOptions<I extends Names = null> extends StepOptions<I> {
  /** Sequences that are read at a time. Default as many as `inputs` have, or 1. */
  readonly batch?: number;
}

/** What a stream has read so far, as plain data. */
export interface StreamState {
  readonly steps: number;
  /** By layer and name, "lstm.h", each [batch, …]. */
  readonly arrays: Named<HostArray>;
}

/**
 * A model that reads sequences step by step and keeps what it needs of them: `step` gives what `predict` gives of all steps so far, in memory that does not
 * grow. Made by `trainer.stream`; weights are the trainer's as they are at each step. Every verb throws DISPOSED once it, or the trainer, is disposed.
 */
export interface Stream<O extends Names = null> extends Disposable {
  /** Steps read since the start, or the last `reset`. */
  readonly steps: number;
  /**
   * Reads the next step of each sequence, x [batch, …features] (of one sequence also [...features]; indices [batch]), and resolves to the outputs of this step, [batch, …], the
   * caller's own. Throws as `predict` for numbers that are none, and INVALID_ARGUMENT beyond `maxSteps`.
   */
  step(x: Numbers): Promise<ByName<O, HostArray>>;
  /** To the start: of new sequences, by the weights as they are now. */
  reset(): void;
  /** A copy of what is kept. */
  state(): Promise<StreamState>;
  /** Goes on from there. Throws INVALID_ARGUMENT, SHAPE_MISMATCH or DTYPE_MISMATCH for another model's; then nothing is changed. */
  setState(state: StreamState): void;
  /** Frees what it holds on the backend. A second call does nothing. */
  dispose(): void;
}

export interface DecoderOptions<I extends Names = null, O extends Names = null> extends StepOptions<I> {
  /** Sequences that are written at a time. Default as many as `inputs` have, or 1. */
  readonly rows?: number;
  /** The output that scores the next token; needed where a model has several. */
  readonly scores?: O & string;
  /** The output that tells what a step attended to, such as the scores of attention. Default none. */
  readonly alignment?: O & string;
}

/** What a decoder keeps, a tree of arrays of a row for each sequence. */
export interface DecoderState {
  readonly layers: Named<Tree<NDArray>>;
  /** What does not change from step to step, such as what an encoder made of its input. */
  readonly fixed: { readonly values: Named<NDArray>; readonly masks: Named<NDArray> };
}

/** For `generate` and `beamSearch`: `generate({ step, state, prompt: [[start]], maxSteps: 40 })`. Made by `trainer.decoder`. */
export interface Decoder extends Disposable {
  readonly step: DecodingStep<DecoderState>;
  /** Before the first token; the decoder's own. */
  readonly state: DecoderState;
  /** Frees what it holds on the backend. A second call does nothing. */
  dispose(): void;
}
