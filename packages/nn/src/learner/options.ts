// What the caller says to `learn`: weights, inputs, a traced loss, and how it is to fall.
import type { Nested, NumericArray, Tensor, WeightTensors } from "@sluice/core";
import { boolean, finite, floatDType, nonNegative, oneOf, rate, size, text, type Rule } from "@sluice/core/arguments";
import type { Drawn, RandomMask, RandomNoise } from "../layers/layer.ts";
import type { Kind } from "../layers/spec.ts";
import { anyOptimizer, type Optimizer } from "../optimizers/optimizer.ts";
import { anyRecord, callable, either, listOf, options, recordOf, sizes } from "../options/rules.ts";
import { isRecord, optional, preset, required, type Table } from "../options/table.ts";
import type { Summed } from "./summed.ts";
import type { WeightGroup } from "../weights/roles.ts";
import type { LearnerCheckpoint } from "./checkpoint.ts";

/** One input of a loss: numbers in the learner's own floating type or indices, and where wanted a name for each axis, for errors. */
export interface InputSpec {
  readonly dtype: Kind;
  readonly axes?: readonly string[];
}

/** What a batch brings, by name. */
export type Inputs = Readonly<Record<string, Kind | InputSpec>>;

/** A tensor for each input. */
export type InputTensors<I> = { readonly [K in keyof I]: Tensor };

/** As a host array is. */
type Shaped = { readonly [K in "shape" | "data"]: unknown };

/** A tree of numbers with a tensor for each array of them. */
export type StateTensors<S> = S extends Shaped | NumericArray | Nested ? Tensor : { readonly [K in keyof S]: StateTensors<S[K]> };

/** What a loss may read beside weights and inputs. */
export interface LossContext<S, K extends string> {
  /** As the batch before left it; at first what `learn` was given. */
  readonly state: StateTensors<S>;
  /** The random masks, each [batch, …shape]; none of them in evaluation. */
  readonly masks: { readonly [N in K]?: Tensor };
  /** False in evaluation. */
  readonly training: boolean;
}

/** What a loss may return beside a scalar. */
export interface Outcome<S, M extends string> {
  /** What is to fall: a scalar, such as a mean over the batch. */
  readonly loss: Tensor;
  /** By name: scalars to be averaged over batches as the loss is, or metrics of the batch, `summed`, which are those of all batches together. */
  readonly measures?: { readonly [N in M]: Tensor | Summed };
  /** How much this batch counts in these averages and, with accumulation, in the gradient: a scalar of at least 0. Default 1. */
  readonly weight?: Tensor;
  /** The state after the batch: the same tree, shapes and dtypes. Needed where there is one. */
  readonly state?: StateTensors<S>;
}

export interface LearnerOptions<W, I extends Inputs, S, K extends string, M extends string> {
  /** What is learnt: a record or list of weights, nested as one likes, as cells, attention and `{ axes: { input: 3, units: 8 }, init: "glorotUniform" }` give it. */
  readonly weights: W;
  /** What a batch brings, by name. */
  readonly inputs: I;
  /**
   * Traced once for each combination of shapes, with the weights as tensors, the inputs and the context. It returns a scalar, or one with
   * measures, weight and state beside it. With its gradient, clip and update it becomes one Program.
   */
  readonly loss: (weights: WeightTensors<W>, inputs: InputTensors<I>, context: LossContext<S, K>) => Tensor | Outcome<S, M>;
  readonly optimizer: Optimizer;
  /** Weights that differ: frozen, without decay, with a price. Default none. */
  readonly groups?: readonly WeightGroup[] | undefined;
  /** So many batches are one update, by the mean of their gradients by weight. Default 1. */
  readonly gradientAccumulationSteps?: number | undefined;
  /** What lives from batch to batch, at the start: a tree of numbers, such as the state of a stateful recurrence. */
  readonly state?: S | undefined;
  /** Random masks, as for dropout, or noise, drawn for each batch from the seed; [batch, …shape], where batch is the first axis of the first input. */
  readonly masks?: { readonly [N in K]: Drawn } | undefined;
  /** Leave out single batches whose loss or gradient is not finite, and go on. Default false: all after one are left out too, and `measures` throws. */
  readonly skipUnsound?: boolean | undefined;
  /** Of the weights and masks; default 0. */
  readonly seed?: number | undefined;
  /** Of weights, gradients and inputs that are no indices; default "f32". */
  readonly dtype?: "f32" | "f64" | undefined;
  /** For errors and printed Programs; default "learner". */
  readonly name?: string | undefined;
  /** Goes on from there, bit for bit. The other options are yours to give again. */
  readonly from?: LearnerCheckpoint | undefined;
}

/** Of whatever types. */
export type AnyOptions = LearnerOptions<unknown, Inputs, object, string, string>;

const kind: Rule<Kind> = oneOf("float", "i32");
const inputSpec: Rule<InputSpec> = options<InputSpec>({ dtype: required(kind), axes: optional(listOf(text)) });
const isSomeName = (value: unknown): boolean => isRecord(value) && Object.keys(value).length > 0;
const inputs: Rule<Inputs> = {
  expected: `a record of names, each with ${either(kind, inputSpec).expected}`,
  accepts: (value): value is Inputs => isSomeName(value) && recordOf(either(kind, inputSpec)).accepts(value),
};

const pair: Rule<readonly [number, number]> = {
  expected: "a list of two numbers",
  accepts: (value): value is readonly [number, number] => listOf(finite).accepts(value) && value.length === 2,
};
const mask: Rule<RandomMask> = options<RandomMask>({
  ...{ shape: required(sizes), rate: required(rate), values: optional(pair), seed: optional(finite) },
});
const noise: Rule<RandomNoise> = options<RandomNoise>({
  ...{ shape: required(sizes), mean: required(finite), deviation: required(nonNegative), seed: optional(finite) },
});

const anyTree: Rule<object> = {
  expected: "a record or list, nested as one likes",
  accepts: (value): value is object => isRecord(value) || Array.isArray(value),
};

export const learnerTable = {
  weights: required(anyTree as Rule<unknown>), // each is checked when it is laid out
  inputs: required(inputs),
  loss: required(callable as Rule<AnyOptions["loss"]>), // what it gives is checked when it gives it
  optimizer: required(anyOptimizer),
  groups: preset(listOf(anyRecord as Rule<WeightGroup>), []), // each is checked by its own table
  gradientAccumulationSteps: preset(size, 1),
  state: optional(anyTree), // likewise
  masks: preset(recordOf(either<RandomMask, RandomNoise>(mask, noise)), {}),
  skipUnsound: preset(boolean, false),
  seed: preset(finite, 0),
  dtype: preset(floatDType, "f32"),
  name: preset(text, "learner"),
  from: optional(anyRecord as Rule<LearnerCheckpoint>), // likewise
} satisfies Table<AnyOptions>;
