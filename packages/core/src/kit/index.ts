// What backend authors build on.
export { check } from "../check.ts";
export { arity, operandsOf } from "../check/body.ts";
export { type Site, type Use, sitesOf, usesOf } from "../check/uses.ts";
export { denseStrides, extentOf, identical, injective, names, overlap, sameShape, sizeOf } from "../check/views.ts";
export { type Arrays, allocate, arrays, bytes, dtypeOf } from "./arrays.ts";
export { type Checked, checked } from "./checked.ts";
export { dense, lstmForward } from "./example.ts";
export { type Guard, type Held, guard } from "./guard.ts";
export { asyncDispose, dispose } from "../dispose.ts";
export { lower } from "./lower.ts";
export { shapeText, slotName, viewText } from "./notation.ts";
export { overwrite } from "./overwrite.ts";
export { print } from "./print.ts";
export { mapKernels, mapViews } from "./rewrite.ts";
export { binary, evaluate, sigmoid, unary } from "./scalar.ts";
export { shareScratch } from "./share.ts";
export { type Launch, type Stepwise, depth, stepwise } from "./stepwise.ts";
export { type Walk, start, starts, walker } from "./walk.ts";
