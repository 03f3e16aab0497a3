// The names of this entry.
export { frozenInKeras, fromKeras, type KerasOptions } from "./fromKeras.ts";
export type { OwnLayers } from "../kerasModel/reading.ts";
export { maskEnds, maskEndsKind } from "../kerasModel/maskEnds.ts";
