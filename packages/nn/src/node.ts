export { checkpoints, type CheckpointsConfig } from "./saving/checkpoints.ts";
export { loadCheckpoint, loadModel, saveCheckpoint, saveModel } from "./saving/files.ts";
export type { SaveOptions } from "./saving/serialize.ts";
export type { LoadOptions } from "./saving/deserializeWith.ts";
