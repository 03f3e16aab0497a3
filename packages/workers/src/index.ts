// Every core of the processor.
export { type Buffer, type Options, open } from "./open.ts";
