// The names of this entry.
export { fromTfjs, type LoadShard, type TfjsOptions } from "./fromTfjs.ts";
export type { OwnLayers } from "../kerasModel/reading.ts";
export { maskEnds, maskEndsKind } from "../kerasModel/maskEnds.ts";
