// A stream in another order, by a buffer: for data that do not lie in memory.
import { random } from "@sluice/core";
import { seed as anySeed, size } from "@sluice/core/arguments";
import { given } from "../arguments/given.ts";
import { iterated, type Stream } from "./stream.ts";

export interface ShuffledOptions {
  /** Items that are held: of a stream of at most so many every order is as likely as any other; of a longer one an item comes at most so many places too early, and later by any number. */
  readonly buffer: number;
  /** The same seed gives the same order. Default 0. */
  readonly seed?: number | string;
}

/**
 * The items of a stream, each once, in an order drawn by lot: the buffer is filled, and then each item that comes takes the place of one drawn from it; at the
 * end what is left is drawn. Nothing is asked of the stream before an item is asked of it, and then no more than the buffer needs. A loop that ends early
 * ends the stream too.
 * Throws INVALID_ARGUMENT for what is no iterable and for a buffer of less than 1.
 */
export function shuffled<T>(stream: Stream<T>, options: ShuffledOptions): AsyncGenerator<T, void, undefined> {
  const who = "shuffled",
    { buffer, seed = 0 } = given(who, options, { buffer: size, seed: anySeed }, "buffer");
  return drawn(iterated(who, stream), buffer, seed);
}

async function* drawn<T>(stream: Stream<T>, buffer: number, seed: number | string): AsyncGenerator<T, void, undefined> {
  const dice = random(seed),
    held: T[] = [];
  const place = (): number => dice.integers(1, held.length)[0] ?? 0;
  for await (const item of stream) {
    if (held.length < buffer) {
      held.push(item);
      continue;
    }
    const at = place(),
      out = held[at] as T; // a place of one that is held
    held[at] = item;
    yield out;
  }
  while (held.length > 0) {
    const at = place(),
      last = held.pop() as T; // there is one
    if (at === held.length) yield last;
    else {
      const out = held[at] as T; // likewise
      held[at] = last;
      yield out;
    }
  }
}
