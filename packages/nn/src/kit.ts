// For packages that carry models elsewhere, and bring them in: what a trainer would run before a backend has it, the layout of model files, what a model is built of, tables of options. Not for users.
export { hostNumbers, type Numbers } from "./host/hostNumbers.ts";
export { type Spec, stepsOf } from "./layers/spec.ts";
export type { BuiltModel } from "./model/built.ts";
export { knownSamples } from "./model/knownSamples.ts";
export type { AnyModel, AnyTrainer } from "./model/model.ts";
export { byName, type ByName, type EndNames, type Names, single } from "./model/names.ts";
export type { Saved } from "./model/saved.ts";
export { type Watch, type Watched, watchLayers } from "./model/watch.ts";
export { callable, either, listOf, recordOf } from "./options/rules.ts";
export {
  given,
  isRecord,
  type Option,
  optional,
  optionsOf,
  preset,
  type Preset,
  required,
  type Required,
  type Table,
} from "./options/table.ts";
export { samplesOf } from "./models/samplesOf.ts";
export { type Inference, inferenceOf, type Place, type StreamPrograms, type TracedProgram } from "./training/inference.ts";
export {
  type Look,
  lookAtLoss,
  lookAtOutputs,
  type LookOptions,
  type SeenLoss,
  type SeenOutputs,
  type TrainerLike,
} from "./training/look.ts";
export { bytesOf } from "./saving/bytes.ts";
export { type Failures, type Stored, storedBits, type StoredHeader, type StoredType } from "./saving/header.ts";
export { deepest, type Json, mostValues, parseJson } from "./saving/json.ts";
export { type Readable, readFully } from "./saving/ranges.ts";
export { joined, storedAs } from "./saving/safetensors.ts";
export { written, type Written } from "./saving/progress.ts";
export { savedOf, type Source } from "./saving/savedOf.ts";
export { longestHeader, prefixLength, readStoredHead, storedHeaderEnd, storedPieces, type ToStore } from "./saving/stored.ts";
