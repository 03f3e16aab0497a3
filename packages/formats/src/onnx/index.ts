// The names of this entry.
export { type OnnxFunction, toOnnx } from "./export/toOnnx.ts";
export type { Steps, ToOnnxOptions } from "./export/options.ts";
export { type CompiledOnnx, compileOnnx, type CompileOnnxOptions, type OnnxValues } from "./import/compileOnnx.ts";
export { fromOnnx, type OnnxNet, type OnnxSpec } from "./import/fromOnnx.ts";
export { streamOnnx, type StreamOnnxOptions } from "./import/streamOnnx.ts";
export { inspectOnnx, type OnnxSummary } from "./import/inspect.ts";
export { onnxLayer, type OnnxLayerOptions } from "./import/onnxLayer.ts";
export type { OnnxOptions } from "./import/options.ts";
export type { UnsupportedPart } from "./read/failures.ts";
export type { Dimension, ValueInfo } from "./read/model.ts";
export type { ExternalData, ReadExternal, TensorType } from "./schema/tensor.ts";
