// Whatever JavaScript callers hand over: a result, or an error that says who, what and, by its code, of which kind.
import { SluiceError } from "@sluice/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import * as data from "./index.ts";

const edges = fc.constantFrom<unknown>(
  0,
  -1,
  1,
  2,
  0.5,
  NaN,
  Infinity,
  2 ** 31,
  1e12,
  -0,
  "",
  "a",
  "0",
  null,
  undefined,
  true,
  false,
  10n,
  Symbol.iterator,
  () => 1,
);
const numbers = fc.oneof(
  fc.array(fc.oneof(fc.integer({ min: -3, max: 9 }), edges), { maxLength: 6 }),
  fc.array(fc.array(fc.oneof(fc.integer({ min: 0, max: 5 }), edges), { maxLength: 3 }), { maxLength: 4 }),
  fc.constantFrom<unknown>(
    Float32Array.of(1, 2, 3),
    Int32Array.of(1, 2, 3, 3),
    { dtype: "f32", shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) },
    { dtype: "f64", shape: [2, 2], data: Float64Array.of(1, NaN, 3, 4), columns: ["a", "b"] },
    { dtype: "f32", shape: [3], data: Float32Array.of(1) },
    { dtype: "f32", shape: [-1], data: [] },
    { shape: null, data: null },
    { codes: Int32Array.of(0, 5), categories: ["a"] },
  ),
);
const names = ["steps", "horizon", "stride", "gap", "features", "targets", "missing", "range", "constant", "quantileRange", "test", "validation", "seed", "stratify", "splits", "testSize", "maxTokens", "minCount", "unknown", "segmenter", "maxLength", "padding", "value", "dtype", "buckets", "batchSize", "types", "markers", "delimiter", "limit", "categories", "others", "buffer", "dropRemainder", "center", "scale", "columns", "values", "kind", "by", "tokens", "special", "lowercase"]; // prettier-ignore
const record = fc.dictionary(fc.constantFrom(...names), fc.oneof(edges, numbers, fc.constantFrom<unknown>({ a: "number" }, "skip", "drop", ["a"], [25, 75])), { maxKeys: 3 }); // prettier-ignore
const argument = fc.oneof(
  numbers,
  record,
  edges,
  fc.constantFrom<unknown>("a,b\n1,2", ["ab", "ba"], [["a"]], "date"),
  fc.anything({ maxDepth: 2 }),
);

/** Calls what it gave too, as a caller would. */
async function use(result: unknown): Promise<void> {
  const made = await result;
  if (typeof made !== "object" || made === null) return;
  if (Symbol.asyncIterator in made) {
    let left = 20;
    for await (const _ of made as AsyncIterable<unknown>) if (left-- === 0) break;
    return;
  }
  for (const verb of ["fit", "transform", "inverse", "encode", "decode", "select", "normalization"])
    if (verb in made && typeof Reflect.get(made, verb) === "function") await use(Reflect.apply(Reflect.get(made, verb) as () => unknown, made, [[[1, 2], [3, 5]]])); // prettier-ignore
}

test.each(Object.entries(data))("%s refuses by name what it does not take", async (_, fn) => {
  await fc.assert(
    fc.asyncProperty(fc.array(argument, { maxLength: 3 }), async (args) => {
      try {
        await use(Reflect.apply(fn as () => unknown, undefined, args));
      } catch (error) {
        if (!(error instanceof SluiceError)) throw error;
        expect(error.who.length).toBeGreaterThan(0);
        expect(error.code).not.toBe("INTERNAL");
      }
    }),
    { numRuns: process.env["SLUICE_THOROUGH"] === "1" ? 2000 : 60 },
  );
});
