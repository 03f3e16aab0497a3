// Which samples make which batch of an epoch: one after the other, or those of like lengths together, so that little of a batch is padding.
import type { Samples } from "./dataset.ts";
import type { Rows } from "./feed.ts";

/** Samples of lengths up to a boundary share batches of so many steps; the last bucket has those that are longer than all. */
export interface Buckets {
  readonly boundaries: readonly number[];
  /** Of each sample, its bucket. */
  readonly of: Int32Array;
}

/** The batches of an epoch, in order. */
export interface Batching {
  readonly steps: number;
  /** The rows of a step, from 1, and the bucket that they are of. */
  at(step: number): { readonly rows: Rows; readonly bucket: number };
  /** Samples in so many steps. */
  examples(steps: number): number;
}

/** Throws nothing; a sample is in the first bucket that holds it by all its lengths. */
export function bucketsOf({ samples, lengths }: Samples, boundaries: readonly number[]): Buckets {
  const columns = Object.values(lengths);
  const of = Int32Array.from({ length: samples }, (_, i) => {
    const longest = columns.reduce((most, { data }) => Math.max(most, data[i] ?? 0), 0);
    const bucket = boundaries.findIndex((boundary) => longest <= boundary);
    return bucket < 0 ? boundaries.length : bucket;
  });
  return { boundaries, of };
}

/** One batch after the other, in `order` where there is one; the last may be a short one. */
export function inOrder(samples: number, batch: number, order: Int32Array | undefined): Batching {
  return {
    steps: Math.ceil(samples / batch),
    at(step) {
      const from = (step - 1) * batch;
      return { rows: { order, from, count: Math.min(batch, samples - from) }, bucket: 0 };
    },
    examples: (steps) => Math.min(steps * batch, samples),
  };
}

/** Each batch of one bucket, as soon as it is full; at the end those that are not, the shortest sequences first. */
export function byBuckets({ boundaries, of }: Buckets, batch: number, order: Int32Array | undefined): Batching {
  const samples = of.length;
  const waiting: number[][] = Array.from({ length: boundaries.length + 1 }, () => []);
  const batched = new Int32Array(samples);
  const batches: { readonly rows: Rows; readonly bucket: number }[] = [];
  let filled = 0;
  const emit = (bucket: number): void => {
    const rows = waiting[bucket]?.splice(0) ?? [];
    batched.set(rows, filled);
    batches.push({ rows: { order: batched, from: filled, count: rows.length }, bucket });
    filled += rows.length;
  };
  for (let i = 0; i < samples; i++) {
    const sample = order?.[i] ?? i;
    const bucket = of[sample] ?? 0;
    if (waiting[bucket]?.push(sample) === batch) emit(bucket);
  }
  for (const [bucket, rows] of waiting.entries()) if (rows.length > 0) emit(bucket);
  return {
    steps: batches.length,
    at: (step) => batches[step - 1] ?? none,
    examples: (steps) => batches.slice(0, steps).reduce((sum, { rows }) => sum + rows.count, 0),
  };
}

const none = { rows: { order: undefined, from: 0, count: 0 }, bucket: 0 };
