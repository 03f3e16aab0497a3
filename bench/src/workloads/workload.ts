// What is measured: a task of stated sizes on stated numbers. It knows nothing of who runs it.
import type { HostArray, Initialised, Weight } from "@sluice/core";

/** What each kind of task is given. Arrays are row-major float32; a contender copies what it keeps. */
export interface Tasks {
  readonly lstmTraining: LstmTraining;
  readonly lstmInference: LstmInference;
  readonly matmul: Matmul;
}
export type TaskName = keyof Tasks;

/** wx [input, 4·units], wh [units, 4·units], b [4·units], gate columns i f g o, as `lstm` of core declares them. */
export type LstmWeights = Initialised<{ readonly wx: Weight; readonly wh: Weight; readonly b: Weight }>;

/**
 * One step of training: an LSTM whose last output goes through a dense layer to one number, mean squared error, Adam
 * (Kingma & Ba 2015, algorithm 1, β₁ 0.9, β₂ 0.999). Its result is the loss before the update.
 */
export interface LstmTraining {
  readonly lstm: LstmWeights;
  /** w [units, 1], b [1] */
  readonly dense: Initialised<{ readonly w: Weight; readonly b: Weight }>;
  /** [batch, steps, input] */
  readonly x: HostArray;
  /** [batch, 1] */
  readonly y: HostArray;
  readonly learningRate: number;
  readonly epsilon: number;
}

/** An LSTM over a sequence, from a zero state. Its result is the outputs of all steps, [batch, steps, units]. */
export interface LstmInference {
  readonly lstm: LstmWeights;
  /** [batch, steps, input] */
  readonly x: HostArray;
}

/** a [m, k] · b [k, n]. Its result is [m, n]. */
export interface Matmul {
  readonly a: HostArray;
  readonly b: HostArray;
}

export interface Workload<T extends TaskName = TaskName> {
  /** Task and sizes: "matmul-256". */
  readonly name: string;
  readonly help: string;
  readonly task: T;
  /** Floating-point operations of the matrix products of one run; what else there is does not count. */
  readonly flops: number;
  /** The same numbers at every call. */
  given(): Tasks[T];
  /** The results of so many first runs are compared before anything is timed. */
  readonly compared: number;
  /** Contenders may differ by this much of the largest number. */
  readonly tolerance: number;
}

/** A workload of some one task. */
export type AnyWorkload = { [T in TaskName]: Workload<T> }[TaskName];
