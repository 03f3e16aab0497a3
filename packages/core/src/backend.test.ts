import { expect, test } from "vitest";
import type { TypedArray } from "./backend.ts";

test("numbers of any dtype are mapped, filtered and added up without saying which, also in their types", () => {
  for (const data of [Float32Array.of(1, 2), Float64Array.of(1, 2), Int32Array.of(1, 2)] satisfies TypedArray[]) {
    const any: TypedArray = data;
    expect(any.map((v) => 2 * v).reduce((a, b) => a + b)).toBe(6);
    expect(any.filter((v) => v > 1).reduce((text, v, i, all) => `${text}${v} at ${i} of ${all.length}`, "")).toBe("2 at 0 of 1");
    expect(any.reduceRight((a, b) => a - b) + (any.findLast((v) => v < 2) ?? 0) + Math.max(...any)).toBe(4);
    if (any instanceof Float32Array) any.map(Math.abs) satisfies Float32Array;
  }
});
