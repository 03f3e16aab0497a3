// Every core of the processor.
export { coresAvailable } from "./cores.ts";
export { type Buffer, type Options, open } from "./open.ts";
