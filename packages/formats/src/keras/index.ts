// The names of this entry.
export { frozenInKeras, fromKeras, type KerasOptions } from "./fromKeras.ts";
export type { OwnLayers } from "../kerasModel/reading.ts";
export { maskEnds, maskEndsKind } from "../kerasModel/maskEnds.ts";
export { toKeras, type ToKerasOptions, toKerasWeights, type ToKerasWeightsOptions } from "./toKeras.ts";
export { inspectKerasWeights, type KerasVariable } from "./inspectKerasWeights.ts";
export { loadKerasWeights, type LoadKerasWeightsOptions } from "./loadKerasWeights.ts";
