// The fuzz of public functions, for the tests of any package: an engine, and the kinds of arguments there are.
export { fuzz, type Fn, type Param, type Row } from "./fuzz.ts";
export { any, axis, edges, flag, junk, Later, list, maybe, name, operand, options, ruled, sizes, tensor, tensorOf } from "./params.ts";
