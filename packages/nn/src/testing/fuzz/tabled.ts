// What fuzz gives for a table of options: values of the types that each option takes, and which of them it must refuse.
import fc from "fast-check";
import type { Rule } from "@sluice/core/arguments";
import { edges, junk, ruled, type Param } from "@sluice/conformance/fuzz";
import { isRecord, type AnyTable } from "../../options/table.ts";

export const texts = fc.constantFrom("a", "", "__proto__", "constructor", "x".repeat(1000));

/** Examples of a type, and any values of it. */
const kinds: readonly { readonly examples: readonly unknown[]; readonly values: fc.Arbitrary<unknown> }[] = [
  { examples: [0, 0.5, 1], values: edges },
  { examples: [true], values: fc.boolean() },
  { examples: ["a"], values: texts },
  { examples: [() => 1], values: edges.map((result) => () => result) },
  { examples: [[1]], values: fc.array(edges, { maxLength: 3 }) },
  { examples: [{ h: 0.5 }], values: fc.dictionary(fc.constantFrom("h", "c", "nonsense"), edges, { noNullPrototype: true }) },
];

/** Right in type as the rule's examples are: names among others, or all kinds it takes. */
export function valuesOf(rule: Rule<unknown>): fc.Arbitrary<unknown> {
  if (rule.names !== undefined) return fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...rule.names) }, texts);
  const taken = kinds.filter(({ examples }) => examples.some(rule.accepts));
  return taken.length === 0 ? junk : fc.oneof(...taken.map(({ values }) => values));
}

/** Options as the table says them; `values` in place of what its rules tell. One that there is not must be refused, as one missing. */
export function tabled(table: object, values: Readonly<Record<string, fc.Arbitrary<unknown>>> = {}): Param {
  const rows = Object.entries(table as AnyTable),
    params = rows.map(([key, { rule }]) => [key, ruled(rule, values[key] ?? valuesOf(rule))] as const),
    requiredKeys = rows.filter(([, { required }]) => required).map(([key]) => key);
  const record = (of: (param: Param) => fc.Arbitrary<unknown>, rest: object, least: readonly string[]): fc.Arbitrary<unknown> =>
    fc.record<Record<string, unknown>>(
      { ...Object.fromEntries(params.map(([key, param]) => [key, sparse(of(param), least.includes(key))])), ...rest },
      {
        requiredKeys: [...least],
        noNullPrototype: true,
      },
    );
  const wrong = record(({ values: right, wrong: others }) => fc.oneof({ weight: 3, arbitrary: right }, others), { nonsense: junk }, []);
  return {
    values: record((param) => param.values, {}, requiredKeys),
    wrong: fc.oneof({ weight: 3, arbitrary: wrong }, junk),
    accepts: (value) =>
      isRecord(value) &&
      Object.keys(value).every((key) => value[key] === undefined || Object.hasOwn(table, key)) &&
      rows.every(([key, { rule, required }]) => (value[key] === undefined ? !required : rule.accepts(value[key]))),
  };
}

/** Mostly left out where it may be: of many options at once nearly every call would be refused. */
function sparse(values: fc.Arbitrary<unknown>, isRequired: boolean): fc.Arbitrary<unknown> {
  return isRequired ? values : fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, values);
}
