// A small assembler for WebAssembly.
export { type Code, bytesOf } from "./code.ts";
export * from "./instructions.ts";
export { bump, countDown, countUp, repeat } from "./loops.ts";
export { type FunctionScope, type Module, createModule } from "./module.ts";
