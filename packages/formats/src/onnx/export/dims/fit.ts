// What a number depends on that was seen at several sizes of the inputs: a constant, a size, or sums and products of such.
import { nth } from "../../read/there.ts";

/** A size that differs: its value at each of the sizes seen. */
export interface Variable {
  readonly values: readonly number[];
}

export interface Term<V> {
  readonly factor: number;
  readonly of: readonly V[];
}

/** constant + Σ factor·Π variables, divided by `over` and rounded down. */
export interface Formula<V> {
  readonly constant: number;
  readonly terms: readonly Term<V>[];
  readonly over: number;
}

/**
 * The simplest formula in whole numbers that gives what was seen; undefined where none of few terms does. Sizes are chosen so that no two formulas of few
 * terms agree at all of them by chance.
 */
export function fit<V extends Variable>(seen: readonly number[], variables: readonly V[]): Formula<V> | undefined {
  const [first] = seen;
  if (first !== undefined && seen.every((n) => Object.is(n, first))) return { constant: first, terms: [], over: 1 };
  if (!seen.every(Number.isSafeInteger)) return undefined;
  const same = variables.find(({ values }) => values.every((n, p) => n === seen[p]));
  if (same !== undefined) return { constant: 0, terms: [{ factor: 1, of: [same] }], over: 1 };
  const products = productsOf(variables);
  return (
    firstOf(products, (of) => linear(seen, of)) ??
    firstOf(products, (of) => divided(seen, of)) ??
    firstOf(products, (a) => firstOf(products, (b) => (a === b ? undefined : sumOf(seen, a, b)))) ??
    roundedOf(seen, variables)
  );
}

/** The same of sizes that are themselves rounded: one of them, or windows over one. */
export function fitOne<V extends Variable>(seen: readonly number[], variables: readonly V[]): Formula<V> | undefined {
  if (!seen.every(Number.isSafeInteger)) return undefined;
  return firstOf(variables, (v) => linear(seen, [v])) ?? roundedOf(seen, variables);
}

type Product<V> = readonly V[];

/** Of one, two, three variables. */
function productsOf<V extends Variable>(variables: readonly V[]): readonly Product<V>[] {
  const ones = variables.map((v) => [v]);
  const longer = (products: readonly Product<V>[]): Product<V>[] =>
    products.flatMap((of) => variables.slice(variables.indexOf(nth(of, of.length - 1))).map((v) => [...of, v])); // none is empty
  const twos = longer(ones);
  return [...ones, ...twos, ...(variables.length <= 4 ? longer(twos) : [])];
}

function at<V extends Variable>(of: Product<V>, p: number): number {
  return of.reduce((n, { values }) => n * nth(values, p), 1); // as many as were seen
}

function linear<V extends Variable>(seen: readonly number[], of: Product<V>): Formula<V> | undefined {
  const slope = slopeOf(seen, (p) => at(of, p));
  if (slope === undefined || !Number.isInteger(slope)) return undefined;
  const constant = nth(seen, 0) - slope * at(of, 0); // at least two were seen
  return seen.every((n, p) => n === slope * at(of, p) + constant) ? { constant, terms: [{ factor: slope, of }], over: 1 } : undefined;
}

/** A product of sizes that is known to divide, such as halves of an even one. */
function divided<V extends Variable>(seen: readonly number[], of: Product<V>): Formula<V> | undefined {
  const over = at(of, 0) / nth(seen, 0);
  return Number.isInteger(over) && seen.every((n, p) => n * over === at(of, p))
    ? { constant: 0, terms: [{ factor: 1, of }], over }
    : undefined;
}

/** ±a ± b + constant: axes side by side. */
function sumOf<V extends Variable>(seen: readonly number[], a: Product<V>, b: Product<V>): Formula<V> | undefined {
  for (const factor of [1, -1]) {
    const rest = linear(
      seen.map((n, p) => n - factor * at(a, p)),
      b,
    );
    if (rest !== undefined && Math.abs(rest.terms[0]?.factor ?? 0) === 1) return { ...rest, terms: [{ factor, of: a }, ...rest.terms] };
  }
  return undefined;
}

function roundedOf<V extends Variable>(seen: readonly number[], variables: readonly V[]): Formula<V> | undefined {
  return firstOf(variables, (v) => firstOf([2, 3, 4, 5, 6, 7, 8, 9], (over) => rounded(seen, v, over)));
}

/** ⌊(v + c) / over⌋, how many windows there are; only where what was seen leaves one c. */
function rounded<V extends Variable>(seen: readonly number[], v: V, over: number): Formula<V> | undefined {
  const least = Math.max(...seen.map((n, p) => n * over - nth(v.values, p))), // one for each
    most = Math.min(...seen.map((n, p) => n * over + over - 1 - nth(v.values, p)));
  return least === most ? { constant: least, terms: [{ factor: 1, of: [v] }], over } : undefined;
}

function slopeOf(seen: readonly number[], of: (p: number) => number): number | undefined {
  const other = seen.findIndex((_, p) => of(p) !== of(0));
  return other < 0 ? undefined : (nth(seen, other) - nth(seen, 0)) / (of(other) - of(0));
}

function firstOf<A, B>(all: readonly A[], each: (one: A) => B | undefined): B | undefined {
  for (const one of all) {
    const found = each(one);
    if (found !== undefined) return found;
  }
  return undefined;
}
