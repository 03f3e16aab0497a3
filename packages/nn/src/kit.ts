// For packages that carry models elsewhere: what a trainer would run, before a backend has it. Not for users.
export { inferenceOf, type Inference, type Place, type StreamPrograms, type TracedProgram } from "./training/inference.ts";
export { knownSamples } from "./model/knownSamples.ts";
export type { AnyModel, AnyTrainer } from "./model/model.ts";
export { byName, single, type EndNames } from "./model/names.ts";
export { stepsOf, type Spec } from "./layers/spec.ts";
