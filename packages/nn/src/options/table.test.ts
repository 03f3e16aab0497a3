import { boolean, positive, size } from "@sluice/core/arguments";
import fc from "fast-check";
import { expect, test } from "vitest";
import { adam } from "../optimizers/adam.ts";
import { lstm } from "../layers/lstm.ts";
import { dense } from "../layers/dense.ts";
import { anyRecord, either, listOf, options, recordOf } from "./rules.ts";
import { filled, given, optional, preset, required, type Table } from "./table.ts";

interface Config {
  readonly units: number;
  readonly useBias?: boolean;
  readonly rates?: Readonly<Record<string, number>>;
  readonly sizes?: readonly number[];
}
const table = {
  units: required(size),
  useBias: preset(boolean, true),
  rates: optional(recordOf(positive)),
  sizes: optional(listOf(size)),
} satisfies Table<Config>;
const refused = (facts: object) =>
  expect.objectContaining({ code: "INVALID_ARGUMENT", who: "test", facts: expect.objectContaining(facts) });

test("whatever is given comes back as a copy, or is refused by the option's name", () => {
  fc.assert(
    fc.property(
      fc.anything(),
      fc.dictionary(fc.constantFrom("units", "useBias", "rates", "sizes", "unit", "__proto__"), fc.anything()),
      (any, record) => {
        for (const value of [any, record]) {
          let taken: Config;
          try {
            taken = given("test", table, value as Config); // as JavaScript may
          } catch (error) {
            expect(error).toEqual(expect.objectContaining({ code: "INVALID_ARGUMENT", who: "test" }));
            continue;
          }
          expect(taken).not.toBe(value);
          expect(size.accepts(taken.units)).toBe(true);
          expect([true, false, undefined]).toContain(taken.useBias);
        }
      },
    ),
  );
});

test("what is left out, or undefined, has the table's value", () => {
  const config = given("test", table, { units: 2, useBias: undefined } as unknown as Config); // as JavaScript may
  expect(config).toStrictEqual({ units: 2 });
  expect(filled(table, config)).toEqual({ units: 2, useBias: true, rates: undefined, sizes: undefined });
  expect(filled(table, { units: 2, useBias: false }).useBias).toBe(false);
});

test("what a caller does to a list or record later changes nothing", () => {
  const mine = { units: 1, sizes: [1, 2], rates: { h: 0.5 } };
  const config = given<Config>("test", table, mine);
  mine.sizes.push(3);
  mine.rates.h = 1;
  expect(config).toEqual({ units: 1, sizes: [1, 2], rates: { h: 0.5 } });
});

test("an option that is missing is refused, and so are options that are no record", () => {
  expect(() => given("test", table, {} as Config)).toThrow(refused({ units: undefined }));
  for (const value of [null, undefined, 7, "units", [1], new Float32Array(1)])
    expect(() => given("test", table, value as unknown as Config)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
});

test.each<[string, () => unknown, string]>([
  ["Keras's spelling", () => lstm({ units: 1, return_sequences: true } as never), "Did you mean returnSequences?"],
  ["initials", () => adam({ lr: 5 } as never), "Did you mean learningRate?"],
  ["a slip", () => dense({ unit: 1 } as never), "Did you mean units?"],
  ["another case", () => dense({ units: 1, usebias: true } as never), "Did you mean useBias?"],
  [
    "nothing like it",
    () => dense({ units: 1, trainable: false } as never),
    "There are units, activation, useBias, kernelInitializer, kernelRegularizer, kernelConstraint, biasInitializer, biasRegularizer, biasConstraint, activityRegularizer, name",
  ],
])("an unknown option is refused with the name that was meant: %s", (_, make, fix) => {
  expect(make).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT", fix }));
});

test("records in records are checked by tables of their own", () => {
  const rule = either(boolean, options<Config>(table));
  expect([true, { units: 1 }, { units: 1, sizes: [2] }].every(rule.accepts)).toBe(true);
  expect([1, {}, { units: "1" }, { units: 1, more: 1 }, [], null].some(rule.accepts)).toBe(false);
  expect([{}, { a: 1 }].every(anyRecord.accepts)).toBe(true);
});
