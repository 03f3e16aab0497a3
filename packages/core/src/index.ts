// The names of the package.
export type * from "./backend.ts";
export { check } from "./check.ts";
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
export { constant, iota, literal, type Nested } from "./trace/constants.ts";
export { abs, cast, clip, exp, log, relu, sigmoid, softplus, sqrt, square, stopGradient, tanh } from "./trace/functions.ts";
export { gather, oneHot } from "./trace/lookup.ts";
export { at, broadcastTo, concat, expand, flip, named, pad, reshape, slice, split, squeeze, stack, transpose } from "./trace/movement.ts";
export { dot, matmul } from "./trace/products.ts";
export { argmax, type FoldOptions, logSoftmax, max, mean, softmax, sum } from "./trace/reductions.ts";
export { mapTensors, scan, type Scan, type Scanned, tensorsOf } from "./trace/scan.ts";
export { scope } from "./trace/scope.ts";
export { type Operand, Tensor } from "./trace/tensor.ts";
export { assign, type Graph, type Spec, trace, type Traced } from "./trace/trace.ts";
export { leavesOf, mapTree, type Tree } from "./trace/tree.ts";
export { gradient, valueAndGradient, type ValueAndGradient } from "./gradient/gradient.ts";
export { array, type ArrayOptions, type HostArray, hostArray, NDArray, zeros } from "./compile/ndarray.ts";
export { type ArrayInput, type Binding, type Bound, compile, type Compiled, type CompileOptions, type Fed } from "./compile/compile.ts";
export { lowerGraph, type Pass, passes } from "./compile/lower.ts";
export { cell, type Cell, type Sizes, type States, type StateSpec, type Tensors, type Weight, type Weights } from "./cells/cell.ts";
export { bidirectional, type BidirectionalOptions, stacked } from "./cells/combine.ts";
export { gru, type GruOptions } from "./cells/gru.ts";
export { type Init, initialise, type Initialised, isWeight } from "./cells/initialise.ts";
export { lengths } from "./cells/lengths.ts";
export { lstm } from "./cells/lstm.ts";
export { recurrence, type Recurrence, type RunOptions, type RunResult, type WeightTensors } from "./cells/recurrence.ts";
export { rnn, type RnnOptions } from "./cells/rnn.ts";
export { random, type Random } from "./random.ts";
