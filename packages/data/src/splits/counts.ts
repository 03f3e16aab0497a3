// How many samples each part gets, and labels of samples as a list.
import { SluiceError } from "@sluice/core";
import { allocate, check, refused, seed as anySeed, size } from "@sluice/core/arguments";
import { anyList, shareOrCount } from "../arguments/rules.ts";

/** Indices of samples, in each part ascending where the order of samples is time, and otherwise shuffled. */
export interface Split {
  readonly train: Int32Array;
  /** Empty where none was asked for. */
  readonly validation: Int32Array;
  readonly test: Int32Array;
}

/** One of several splits. */
export interface Fold {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

export interface Parts {
  /** A share of all, or how many. Default none. */
  readonly validation?: number;
  /** Likewise. Default none. */
  readonly test?: number;
}

export const partRules = { validation: shareOrCount, test: shareOrCount };
export const seedRule = anySeed;

/** ⌈share · n⌉, or the number itself (as scikit-learn rounds); the rest trains. Throws EMPTY_DATA where none is left to train on. */
export function countsOf(
  who: string,
  n: number,
  { validation = 0, test = 0 }: Parts,
  others = 0,
): { readonly validation: number; readonly test: number } {
  const of = (part: number): number => (part < 1 ? Math.ceil(round(part * n)) : part);
  const counts = { validation: of(validation), test: of(test) };
  if (n - counts.validation - counts.test - others >= 1) return counts;
  throw new SluiceError({
    code: "EMPTY_DATA",
    who,
    what: `of ${n} none is left to train on: ${counts.validation} for validation, ${counts.test} for the test${others > 0 ? `, ${others} between them` : ""}`,
    fix: "Ask for smaller parts",
    facts: { count: n, ...counts },
  });
}

/** 0.1 · 30 is 3, whatever the last bit says. */
function round(value: number): number {
  return Math.abs(value - Math.round(value)) < 1e-9 ? Math.round(value) : value;
}

/** How many samples. Throws EMPTY_DATA for none. */
export function checkSamples(who: string, samples: number): void {
  check(who, "samples", samples, { ...size, expected: "how many samples there are: a whole number of at least 1" });
  allocate("i32", samples, who); // which throws OUT_OF_MEMORY before anything is done
}

/** Labels or groups, numbered in the order in which they first come. Throws INVALID_ARGUMENT for what is no list of them, EMPTY_DATA for none. */
export function numbered(
  who: string,
  name: string,
  labels: ArrayLike<number | string>,
): { readonly of: Int32Array; readonly count: number } {
  check(who, name, labels, anyList("a list of numbers or texts, one for each sample"));
  if (labels.length === 0) throw new SluiceError({ code: "EMPTY_DATA", who, what: `${name} is empty` });
  const places = new Map<number | string, number>();
  const of = Int32Array.from(labels as ArrayLike<never>, (label: unknown, i) => {
    if (typeof label !== "string" && !(typeof label === "number" && !Number.isNaN(label)))
      throw refused(who, `${name}[${i}]`, label, "a number or a text");
    const known = places.get(label) ?? places.size;
    places.set(label, known);
    return known;
  });
  return { of, count: places.size };
}

export function checkLabels(who: string, name: string, labels: ArrayLike<number | string>, samples: number): void {
  if (labels.length === samples) return;
  throw new SluiceError({
    code: "SHAPE_MISMATCH",
    who,
    what: `${name} must be one for each of ${samples} samples, got ${labels.length}`,
    facts: { [name]: labels.length, samples },
  });
}

/** Of all indices those that are not among `some`, ascending. */
export function without(n: number, some: Int32Array): Int32Array {
  const isAmong = new Uint8Array(n);
  for (const index of some) isAmong[index] = 1;
  return Int32Array.from({ length: n - some.length }).map(nextFree(isAmong));
}

function nextFree(isAmong: Uint8Array): () => number {
  let at = -1;
  return () => {
    do at++;
    while (isAmong[at] === 1);
    return at;
  };
}

/** from, from + 1, … up to, but without, `to`. */
export function range(from: number, to: number): Int32Array {
  return Int32Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
}
