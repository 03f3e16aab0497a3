// For packages that carry models elsewhere: what a trainer would run before a backend has it, the layout of model files, and how what is not ours is read. Not for users.
export { stepsOf, type Spec } from "./layers/spec.ts";
export { knownSamples } from "./model/knownSamples.ts";
export type { AnyModel, AnyTrainer } from "./model/model.ts";
export { byName, single, type EndNames } from "./model/names.ts";
export { samplesOf } from "./models/samplesOf.ts";
export { bytesOf } from "./saving/bytes.ts";
export { type Failures, type Stored, storedBits, type StoredHeader, type StoredType } from "./saving/header.ts";
export { deepest, type Json, mostValues, parseJson } from "./saving/json.ts";
export { type Readable, readFully } from "./saving/ranges.ts";
export { joined, storedAs } from "./saving/safetensors.ts";
export { savedOf, type Source } from "./saving/savedOf.ts";
export { longestHeader, prefixLength, readStoredHead, storedHeaderEnd, storedPieces, type ToStore } from "./saving/stored.ts";
export { inferenceOf, type Inference, type Place, type StreamPrograms, type TracedProgram } from "./training/inference.ts";
