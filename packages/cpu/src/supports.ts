// What this backend can do, as declared data.
import type { Supports } from "@sluice/core";
import { bytes, scalarOps } from "@sluice/core/kit";

/** With at most so many bytes of memory. */
export function supportsOf(limit: number): Supports {
  return {
    dtypes: ["f32", "f64", "i32"],
    bindings: Infinity,
    inPlace: true,
    ops: scalarOps,
    length: Math.floor(limit / bytes.f32),
    // Of the SIMD executor over all float32: exp 0.997, log 0.822, log1p 0.849, expm1 1.641, tanh 1.987, sigmoid 1.749, erf 2.489, sin and cos up to 10,000 2.411 and 2.382. Of the interpreter in f64, on V8 against 200-bit
    // arithmetic: exp 0.84, log 0.82, tanh 2.1, sigmoid 1.9, erf 1.04; in f32 within 0.5000001 of the exact result.
    accuracy: { exp: 1, log: 1, log1p: 1, expm1: 2, sqrt: 0.5, tanh: 2.5, sigmoid: 2.5, sin: 2.5, cos: 2.5, erf: 2.5, div: 0.5, sum: 0.5 },
    keeps: { nan: true, infinity: true, denormals: true, signedZeros: true },
    excessPrecision: false,
    repeats: "process", // The interpreter's Math.exp and its like differ between engines; modules give the same bits everywhere.
  };
}
