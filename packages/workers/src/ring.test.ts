import fc from "fast-check";
import { expect, test } from "vitest";
import * as layout from "./layout.js";
import { createRing } from "./ring.ts";

/** What a thread does, without running anything: takes every command it finds, in order. */
function taker(words: Int32Array) {
  const found: number[][] = [];
  let taken = 0;
  let at = 0;
  return {
    found,
    take(limit: number) {
      for (let i = 0; i < limit && Atomics.load(words, layout.head) !== taken; i++) {
        if (words[layout.ring + at + 1] === layout.skip) at = 0;
        const length = words[layout.ring + at]!;
        found.push([...words.subarray(layout.ring + at, layout.ring + at + length)]);
        at += length;
        taken++;
        Atomics.store(words, layout.done, taken);
      }
    },
  };
}

test("commands come out whole and in order, however the ring fills up", () => {
  const lengths = fc.array(
    fc.tuple(
      fc.oneof(fc.integer({ min: 3, max: 9000 }), fc.integer({ min: 9000, max: layout.maxCommandWords })),
      fc.integer({ min: 0, max: 4 }),
    ),
    { maxLength: 200 },
  );
  fc.assert(
    fc.property(lengths, (given) => {
      const words = new Int32Array(layout.words);
      const ring = createRing(words, () => undefined);
      const thread = taker(words);
      given.forEach(([length, taking], i) => {
        ring.post(Int32Array.from({ length }, (_, k) => (k === 0 ? length : i + k)));
        thread.take(taking);
        ring.advance();
      });
      while (!ring.isIdle) {
        thread.take(1);
        ring.advance();
      }
      expect(thread.found).toEqual(given.map(([length], i) => Array.from({ length }, (_, k) => (k === 0 ? length : i + k))));
    }),
    { numRuns: 40 },
  );
});

test("who waits is told when that much is done, or that it never will be", async () => {
  const words = new Int32Array(layout.words);
  const ring = createRing(words, () => undefined);
  const thread = taker(words);
  ring.post(Int32Array.of(3, layout.run, 1));
  const first = ring.drained();
  ring.post(Int32Array.of(3, layout.run, 2));
  const second = ring.drained();
  thread.take(1);
  ring.advance();
  await first;
  ring.fail(new Error("lost"));
  await expect(second).rejects.toThrow("lost");
});

test("who waits is waited for until they are told, whatever is done by then", () => {
  const words = new Int32Array(layout.words);
  const ring = createRing(words, () => undefined);
  const thread = taker(words);
  ring.post(Int32Array.of(3, layout.run, 1));
  void ring.drained();
  thread.take(1);
  expect([ring.isIdle, ring.isAwaited]).toEqual([true, true]);
  ring.advance();
  expect([ring.isIdle, ring.isAwaited]).toEqual([true, false]);
});

test("what the caller does between commands comes when all before is done and nothing after has begun", () => {
  const steps = fc.array(fc.tuple(fc.constantFrom("post", "pause"), fc.integer({ min: 3, max: 9000 }), fc.integer({ min: 0, max: 3 })));
  fc.assert(
    fc.property(steps, (given) => {
      const words = new Int32Array(layout.words);
      const ring = createRing(words, () => undefined);
      const thread = taker(words);
      const seen: [number, number][] = [];
      let posted = 0;
      for (const [what, length, taking] of given) {
        const before = posted;
        if (what === "pause") ring.postToCaller(() => seen.push([before, thread.found.length]));
        else ring.post(Int32Array.from({ length }, (_, k) => (k === 0 ? length : k)));
        if (what === "post") posted = before + 1;
        thread.take(taking);
        if (taking === 3) ring.advance();
      }
      while (!ring.isIdle) {
        thread.take(1);
        ring.advance();
      }
      expect(seen).toEqual(seen.map(([before]) => [before, before]));
      expect(seen.length).toBe(given.filter(([what]) => what === "pause").length);
      expect(thread.found.length).toBe(posted);
    }),
    { numRuns: 40 },
  );
});

test("who posted a command sees what threads wrote into it, once, in order, before its place is used again", () => {
  const words = new Int32Array(layout.words);
  const ring = createRing(words, () => undefined);
  const thread = taker(words);
  const seen: number[][] = [];
  const sent = 3 * Math.ceil(layout.ringWords / 5000);
  for (let i = 0; i < sent; i++) {
    ring.post(
      Int32Array.from({ length: 5000 }, (_, k) => (k === 0 ? 5000 : i)),
      (command) => seen.push([command[1]!, command[2]!]),
    );
    thread.take(1);
    const found = words.indexOf(5000, layout.ring); // what the thread writes, as run times are
    if (i === 0) words[found + 2] = -7;
    ring.advance();
  }
  expect(seen).toEqual(Array.from({ length: sent }, (_, i) => [i, i === 0 ? -7 : i]));
});
