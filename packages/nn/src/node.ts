export { loadCheckpoint, loadModel, saveCheckpoint, saveModel } from "./saving/files.ts";
export type { LoadOptions, SaveOptions } from "./saving/serialize.ts";
