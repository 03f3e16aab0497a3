// What arguments may be, and how numbers on the host are read: for the packages above core, and for layers and cells of your own.
export {
  anyNumber,
  boolean,
  check,
  count,
  dtype,
  finite,
  floatDType,
  fraction,
  maxElements,
  maxRank,
  nonNegative,
  oneOf,
  optional,
  positive,
  rate,
  refused,
  type Rule,
  seed,
  shape,
  size,
  text,
  wholeIn,
} from "./arguments/rules.ts";
export {
  checkBoolean,
  checkCount,
  checkDType,
  checkElements,
  checkFinite,
  checkFunction,
  checkNumber,
  checkOneOf,
  checkPositive,
  checkRate,
  checkSeed,
  checkShape,
  checkSize,
  checkText,
  record,
} from "./arguments/checks.ts";
export { meant, type Names, options, unknownOption } from "./arguments/options.ts";
export { nearest } from "./arguments/nearest.ts";
export { checkBackend } from "./arguments/backend.ts";
export { show } from "./arguments/show.ts";
export { type Asked, type HostNumbers, readNumbers } from "./host/numbers.ts";
export { allocate } from "./dtypes/arrays.ts";
export { anyInit } from "./arguments/anyInit.ts";
