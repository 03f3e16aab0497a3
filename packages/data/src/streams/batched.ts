// A stream in lists of some items.
import { SluiceError } from "@sluice/core";
import { boolean, check, count, size, type Rule } from "@sluice/core/arguments";
import { given } from "../arguments/given.ts";
import { listOf } from "../arguments/rules.ts";
import { iterated, type Stream } from "./stream.ts";

export interface BatchedOptions {
  /** Leaves out a last list that is not full. Default false. */
  readonly dropRemainder?: boolean;
}

/**
 * The items in lists of `batchSize`, the last of what is left. No item is asked for before its list is.
 * Throws INVALID_ARGUMENT for what is no iterable and for a size of less than 1.
 */
export function batched<T>(stream: Stream<T>, batchSize: number, options: BatchedOptions = {}): AsyncGenerator<T[], void, undefined> {
  const who = "batched";
  check(who, "batchSize", batchSize, size);
  const { dropRemainder = false } = given(who, options, { dropRemainder: boolean });
  return inLists(iterated(who, stream), batchSize, dropRemainder);
}

async function* inLists<T>(stream: Stream<T>, batchSize: number, dropRemainder: boolean): AsyncGenerator<T[], void, undefined> {
  let batch: T[] = [];
  for await (const item of stream) {
    batch.push(item);
    if (batch.length < batchSize) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0 && !dropRemainder) yield batch;
}

/** The first `n` items; the stream ends there, and no further one is asked for. Throws INVALID_ARGUMENT for what is no iterable. */
export function takeFirst<T>(stream: Stream<T>, n: number): AsyncGenerator<T, void, undefined> {
  check("takeFirst", "n", n, count);
  return first(iterated("takeFirst", stream), n);
}

async function* first<T>(stream: Stream<T>, n: number): AsyncGenerator<T, void, undefined> {
  if (n === 0) return;
  let given_ = 0;
  for await (const item of stream) {
    yield item;
    if (++given_ >= n) return;
  }
}

/**
 * Records with the same names as one record of lists: samples { x, y } as a batch { x: […], y: […] }.
 * Throws EMPTY_DATA for none, INVALID_ARGUMENT for what are no records, SHAPE_MISMATCH, by place, for one with other names than the first.
 */
export function collated<T extends object>(samples: readonly T[]): { readonly [K in keyof T]: T[K][] } {
  const who = "collated";
  check(who, "samples", samples, listOf(anyRecord, "a list of records"));
  const [first] = samples;
  if (first === undefined) throw new SluiceError({ code: "EMPTY_DATA", who, what: "there is no sample" });
  const names = Object.keys(first);
  const other = samples.findIndex((sample) => Object.keys(sample).length !== names.length || names.some((name) => !Object.hasOwn(sample, name))); // prettier-ignore
  if (other >= 0) throw unlike(names, Object.keys(samples[other] ?? {}), other);
  return Object.fromEntries(names.map((name) => [name, samples.map((sample) => sample[name as keyof T])])) as {
    readonly [K in keyof T]: T[K][];
  }; // by these names
}

const anyRecord: Rule<object> = {
  expected: "a record",
  accepts: (value): value is object => typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value),
};

function unlike(names: readonly string[], own: readonly string[], place: number): SluiceError {
  return new SluiceError({
    code: "SHAPE_MISMATCH",
    who: "collated",
    what: `samples[${place}] has ${own.join(", ")}, the first has ${names.join(", ")}`,
    facts: { place, names, own },
  });
}
