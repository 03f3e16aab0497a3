// The names of the package.
export type { Mode } from "./gpu/gpujs.ts";
export { open, type Options, type WebGLBackend } from "./open.ts";
