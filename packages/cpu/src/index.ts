// One thread of the processor.
export type { Buffer } from "./memory/buffer.ts";
export { type Options, open } from "./open.ts";
