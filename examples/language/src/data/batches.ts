// Pieces as batches of indices: those of like lengths together, some n-grams cut short.
import { random, type HostArray } from "@sluice/core";
import { padSequences } from "@sluice/data";
import type { Alphabet } from "./alphabet.ts";
import { drawn, longest, type Piece, type Source } from "./pieces.ts";

/** x [samples, 200], filled up with 0 behind `lengths`; y [samples]. */
export interface Batch {
  readonly x: HostArray;
  readonly y: readonly number[];
  readonly lengths: Int32Array;
}

export interface Drawing {
  readonly sources: readonly (readonly Source[])[];
  readonly alphabet: Alphabet;
  readonly seed: number;
  /** Pieces of each language in an epoch. */
  readonly each: number;
  readonly batchSize: number;
  /** Probability that what is read at a character reaches less far back than it could, or is unread; each shorter reach as often as the others. As a new text has n-grams that nobody has seen, so must training. */
  readonly characterDropout: number;
}

/** Pieces of at most so many characters share batches; the last of 200. */
export const bucketBoundaries = [25, 35, 50, 80, 120] as const;

/** Fresh pieces for each epoch; all follow from the seed and its number. Of each bucket what fills no batch is left out. */
export function* batchesOf({ sources, alphabet, seed, each, batchSize, characterDropout }: Drawing, epoch: number): Generator<Batch> {
  const source = random(`language ${seed} ${epoch}`);
  const pieces = drawn(sources, each, source.child("pieces"));
  const waiting: Piece[][] = [...bucketBoundaries, longest].map(() => []);
  const batches: (readonly Piece[])[] = [];
  for (const i of source.child("order").permutation(pieces.length)) {
    const piece = pieces[i] as Piece; // of a permutation
    const bucket = waiting[bucketBoundaries.filter((boundary) => piece.text.length > boundary).length] ?? [];
    if (bucket.push(piece) === batchSize) batches.push(bucket.splice(0));
  }
  if (batches.length === 0) batches.push(waiting.flat().slice(0, batchSize));
  for (const i of source.child("batches").permutation(batches.length)) {
    const own = batches[i] ?? [];
    const dice = source.child(`reach ${i}`).uniform(own.length * longest);
    const indices = own.map(({ text }, row) =>
      alphabet.encode(text, (at) => reach(dice[row * longest + at] ?? 1, characterDropout, alphabet.record.order)),
    );
    yield batch(own, indices);
  }
}

/** Of a number of 0 … 1. */
function reach(die: number, rate: number, order: number): number {
  return die < rate ? Math.floor((die / rate) * order) : order;
}

/** All of them in one, every character read. */
export function batchOf(pieces: readonly Piece[], alphabet: Alphabet): Batch {
  return batch(
    pieces,
    pieces.map(({ text }) => alphabet.encode(text)),
  );
}

function batch(pieces: readonly Piece[], indices: readonly Int32Array[]): Batch {
  return { ...padSequences(indices, { maxLength: longest }), y: pieces.map(({ label }) => label) };
}
