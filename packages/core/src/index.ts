// The names of the package.
export type * from "./backend.ts";
export { check } from "./program/check/check.ts";
export { type ErrorCode, type Failure, SluiceError } from "./errors.ts";
export {
  add,
  div,
  equal,
  greater,
  greaterEqual,
  less,
  lessEqual,
  maximum,
  minimum,
  mul,
  neg,
  notEqual,
  sub,
  where,
} from "./trace/arithmetic.ts";
export type { HalfArray, Nested, NumericArray, Values } from "./host/numbers.ts";
export { constant, iota, literal } from "./trace/constants.ts";
export {
  abs,
  cast,
  ceil,
  clip,
  cos,
  erf,
  exp,
  expm1,
  floor,
  log,
  log1p,
  relu,
  round,
  sigmoid,
  sin,
  softplus,
  sqrt,
  square,
  stopGradient,
  tanh,
} from "./trace/functions.ts";
export { cumulativeSum, type CumulativeSumOptions } from "./trace/cumulativeSum.ts";
export { gather, oneHot } from "./trace/lookup.ts";
export { at, broadcastTo, concat, expand, flip, named, pad, reshape, slice, split, squeeze, stack, transpose } from "./trace/movement.ts";
export { pow } from "./trace/power.ts";
export { dot, matmul } from "./trace/products.ts";
export { argmax, argmin, logSoftmax, max, mean, min, softmax, sum } from "./trace/reductions.ts";
export { mapTensors, scan, type Scan, type Scanned, tensorsOf } from "./trace/scan.ts";
export { perturb } from "./trace/perturb.ts";
export { scope } from "./trace/scope.ts";
export { Tensor } from "./trace/tensor.ts";
export type { FoldOptions, Operand } from "./trace/tensor.ts";
export type { Graph } from "./graph/node.ts";
export { assign, type Spec, trace, type Traced } from "./trace/trace.ts";
export { leavesOf, mapTree, type Tree } from "./trace/tree.ts";
export { gradient, valueAndGradient, type ValueAndGradient } from "./gradient/gradient.ts";
export { type ArrayOptions, type HostArray, hostArray } from "./host/hostArray.ts";
export { array, NDArray, zeros } from "./compile/ndarray.ts";
export { allOrNothing } from "./compile/allOrNothing.ts";
export { compile } from "./compile/compile.ts";
export { disposeAll, type OnBackend, type OnHost, toBackend, toHost } from "./compile/trees.ts";
export type { ArrayInput, Binding, Bound, Compiled, CompileOptions, Fed } from "./compile/compiled.ts";
export { explain, type Explanation } from "./pipeline/explain.ts";
export { lowerGraph } from "./pipeline/lowerGraph.ts";
export type { GraphPass, Pass, Scheduling } from "./pipeline/pass.ts";
export { pipeline } from "./pipeline/pipeline.ts";
export type { Activation } from "./cells/activation.ts";
export { activations } from "./cells/activations.ts";
export {
  cell,
  type Cell,
  type CellDefinition,
  type Extras,
  type ExtraSpec,
  type Given,
  type NoExtras,
  type Sizes,
  type States,
  type StateSpec,
  type Tensors,
  type Weight,
  type Weights,
} from "./cells/cell.ts";
export { bidirectional, type BidirectionalOptions, type Merge, stacked } from "./cells/combine.ts";
export { gru, type GruOptions, type GruState, type GruWeights } from "./cells/gru.ts";
export type { Init, InitName, PlainInit, VarianceScaling } from "./arguments/init.ts";
export { initialise, type Initialised, isWeight } from "./cells/initialise.ts";
export type { InitialState, Started } from "./cells/initialState.ts";
export { lengths } from "./cells/lengths.ts";
export { lstm, type LstmOptions, type LstmState, type LstmWeights } from "./cells/lstm.ts";
export { mgu, type MguOptions, type MguState, type MguWeights } from "./cells/mgu.ts";
export {
  recurrence,
  type Recurrence,
  type RecurrenceOptions,
  type RunOptions,
  type RunResult,
  type WeightTensors,
} from "./cells/recurrence.ts";
export { rnn, type RnnOptions, type RnnState, type RnnWeights } from "./cells/rnn.ts";
export { variationalDropout, type VariationalDropoutOptions } from "./cells/variationalDropout.ts";
export {
  gate,
  type RunWatch,
  type StepResult,
  type WatchedRun,
  type WatchedStep,
  watchRecurrences,
  type WatchRecurrences,
} from "./cells/watch.ts";
export { zoneout, type ZoneoutOptions } from "./cells/zoneout.ts";
export type { Picked } from "./sorting/pick.ts";
export { argsort, sort, type SortOptions } from "./sorting/sort.ts";
export { topK, type TopKOptions } from "./sorting/topK.ts";
export { conv1d, type Conv1dOptions } from "./convolution/conv1d.ts";
export { conv1dTranspose, type Conv1dTransposeOptions } from "./convolution/conv1dTranspose.ts";
export { averagePool1d, maxPool1d, minPool1d, type Pooling1dOptions } from "./convolution/pooling1d.ts";
export { layerNormalization, type LayerNormalizationOptions } from "./normalisation/layerNormalization.ts";
export { moments, type Moments } from "./normalisation/moments.ts";
export { normalize, type NormalizeOptions } from "./normalisation/normalize.ts";
export { rmsNormalization, type RmsNormalizationOptions } from "./normalisation/rmsNormalization.ts";
export { additiveAttention, type AdditiveWeights, type PlainAdditiveWeights } from "./attention/additive.ts";
export { attend } from "./attention/attend.ts";
export { attention, type AttentionWeights, type ScoreOptions } from "./attention/attention.ts";
export { concatAttention, type ConcatWeights } from "./attention/concat.ts";
export { dotAttention, type DotWeights, scaledDotAttention, type ScaledDotOptions } from "./attention/dot.ts";
export type { AttentionCache } from "./attention/cache.ts";
export type { Attention, AttentionInputs, AttentionSizes, AttentionStepInputs, AttentionStepResult } from "./attention/module.ts";
export { multiHeadAttention } from "./attention/multiHead.ts";
export type { MultiHeadOptions } from "./attention/headOptions.ts";
export type { AttentionOptions, AttentionResult, Causal, Visibility } from "./attention/options.ts";
export type { Projections } from "./attention/projections.ts";
export type { HeadWeights } from "./attention/headWeights.ts";
export type { Score, ScoreParts, ScoreWeights } from "./attention/scores.ts";
export { rotary, type RotaryOptions } from "./positions/rotary.ts";
export { sinusoidalPositions } from "./positions/sinusoidal.ts";
export { random, type Random } from "./random.ts";
