// For tests: the kinds of arguments that public functions take.
import fc from "fast-check";
import { Tensor, type Spec } from "@sluice/core";
import { maxRank, type Rule } from "@sluice/core/arguments";
import type { Param } from "./fuzz.ts";

/** A tensor argument of the traced function, which is there once it is traced. */
export class Later {
  readonly spec: Spec;
  constructor(spec: Spec) {
    this.spec = spec;
  }
}

/** Numbers at every edge; those that are sizes are small, or more than anything holds. */
export const edges = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: -1, max: 4 }) },
  fc.constantFrom(NaN, Infinity, -Infinity, -0, 0.5, 1.5, -2, -3, 2 ** 31, 2 ** 32 + 1, 2 ** 53, 1e12, 1e308, -1e308, 5e-324),
);

/** Anything at all. */
export const junk: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    undefined,
    "",
    "3",
    "f64",
    true,
    false,
    3n,
    Symbol("s"),
    [],
    [null],
    ["1"],
    [[1], [1, 2]],
    {},
    new Map(),
    new Set([1]),
  ),
  fc.constantFrom<unknown>(
    () => 1,
    Promise.resolve(1),
    new Date(0),
    /x/,
    new ArrayBuffer(8),
    BigInt64Array.of(1n),
    Uint8Array.of(1, 2),
    Float32Array.of(1),
  ),
  fc.constantFrom<unknown>(
    { dtype: "f32" },
    { dtype: "float32", shape: [2] },
    { dtype: "f32", shape: [2] },
    { axes: {} },
    { shape: null, dtype: null, data: null },
  ),
  edges,
  fc.anything({ maxDepth: 2, withBigInt: true, withTypedArray: true, withSparseArray: true, withNullPrototype: true }),
);

/** What a rule says. */
export function ruled(rule: Rule<unknown>, values: fc.Arbitrary<unknown> = edges): Param {
  return { values, wrong: junk, accepts: rule.accepts };
}

/** Of the right type, whatever the value. */
export function any(values: fc.Arbitrary<unknown>, accepts: (value: unknown) => boolean = () => true): Param {
  return { values, wrong: junk, accepts };
}

export function maybe({ values, wrong, accepts }: Param): Param {
  return { values: fc.option(values, { nil: undefined }), wrong, accepts: (value) => value === undefined || accepts(value) };
}

/** One of the names, or another text. */
export function name(...names: readonly string[]): Param {
  return any(
    fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...names) }, fc.constantFrom("", "nonsense", "__proto__", "constructor")),
    (value) => names.includes(value as string),
  );
}

export const flag: Param = any(fc.boolean(), (value) => typeof value === "boolean");

/** Options by name, each there or not. */
export function options(of: Readonly<Record<string, Param>>): Param {
  const record = (mode: "values" | "wrong"): fc.Arbitrary<unknown> =>
    fc.record(
      Object.fromEntries(
        Object.entries(of).map(([key, param]) => [key, mode === "values" ? param.values : fc.oneof(param.values, param.wrong)]),
      ),
      { requiredKeys: [], noNullPrototype: true },
    );
  return {
    values: record("values"),
    wrong: fc.oneof({ weight: 3, arbitrary: record("wrong") }, junk),
    accepts: (value) =>
      typeof value === "object" &&
      value !== null &&
      Object.entries(of).every(([key, { accepts }]) => {
        const given = (value as Readonly<Record<string, unknown>>)[key];
        return given === undefined || accepts(given);
      }),
  };
}

export function list(of: Param, most = 3): Param {
  const record = (values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> => fc.array(values, { maxLength: most });
  return {
    values: record(of.values),
    wrong: fc.oneof(record(fc.oneof(of.values, of.wrong)), junk),
    accepts: (value) => Array.isArray(value) && value.every(of.accepts),
  };
}

export const axis: Param = any(edges, (value) => Number.isInteger(value) && Math.abs(value as number) <= maxRank);

/** Shapes by their sizes; what they hold together is the function's to judge. */
export const sizes = fc.array(fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 0, max: 4 }) }, edges, fc.constant(65536)), {
  maxLength: 3,
});

const shapes = fc.constantFrom<number[]>([], [0], [1], [3], [2, 3], [3, 3], [2, 0], [1, 3], [2, 3, 4], [2, 2, 4, 3]);
const dtypes = fc.oneof({ weight: 4, arbitrary: fc.constant("f32" as const) }, fc.constantFrom("f64" as const, "i32" as const));
const laters = fc.record({ shape: shapes, dtype: dtypes }).map((spec) => new Later(spec));

export const tensor: Param = any(laters, (value) => value instanceof Later || value instanceof Tensor);
export function tensorOf(dtype: Spec["dtype"], ...shape: readonly number[]): Param {
  return { ...tensor, values: fc.oneof({ weight: 4, arbitrary: fc.constant(new Later({ shape, dtype })) }, laters) };
}
export const operand: Param = any(
  fc.oneof(laters, edges),
  (value) => value instanceof Later || value instanceof Tensor || typeof value === "number",
);
