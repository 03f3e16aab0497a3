// What rows of several kinds give.
import fc from "fast-check";
import { shape } from "@sluice/core/arguments";
import { any, edges, name, ruled, sizes } from "../../fuzz/index.ts";

export const texts = fc.constantFrom("a", "", "__proto__", "x".repeat(1000));
export const dtypes = name("f32", "f64", "i32");
export const shapeOf = ruled(shape, sizes);
export const values = any(
  fc.oneof(
    edges,
    fc.array(edges, { maxLength: 3 }),
    fc.array(fc.array(edges, { maxLength: 2 }), { maxLength: 2 }),
    fc.constantFrom(new Float32Array(4), Uint8Array.of(1, 2), new Float64Array(0)),
  ),
  (value) => !["string", "boolean", "bigint", "undefined", "symbol", "function"].includes(typeof value) && value !== null,
);
