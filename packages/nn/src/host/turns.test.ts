import fc from "fast-check";
import { expect, test } from "vitest";
import { inTurns, type Loop, type Pieces, Turns } from "./turns.ts";

/** A loop whose clock moves only where it is told to, and whose turns come only where they are asked for. */
class FakeLoop implements Loop {
  time = 0;
  turns = 0;
  readonly #tasks: (() => void)[] = [];

  now(): number {
    return this.time;
  }
  later(task: () => void): void {
    this.#tasks.push(task);
  }
  /** What is asked for meanwhile waits for the next turn. */
  turn(): void {
    this.turns++;
    for (const task of this.#tasks.splice(0)) task();
  }
}

/** Work of so many ms each, with a pass after each, as a verb does; the longest time that the loop was held. */
async function longest(durations: readonly number[]): Promise<{ held: number; turns: number }> {
  const loop = new FakeLoop();
  const turns = new Turns(loop);
  let [held, since] = [0, 0];
  for (const duration of durations) {
    await turns.pass();
    loop.time += duration;
    held = Math.max(held, loop.time - since);
    const passing = turns.pass();
    const waits = turns.isDue;
    if (waits) {
      loop.turn();
      since = loop.time;
    }
    await passing;
  }
  return { held, turns: loop.turns };
}

test("the loop is never held for longer than 50 ms and the one run on its way", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 120 }), { minLength: 1, maxLength: 60 }), async (durations) => {
      expect((await longest(durations)).held).toBeLessThan(50 + Math.max(...durations) + 1);
    }),
  );
});

test("what is short passes without a turn of its own, a second of it takes its turns", async () => {
  expect((await longest([10, 10, 10])).turns).toBe(0);
  expect((await longest(Array.from({ length: 100 }, () => 10))).turns).toBe(20);
});

test("work in pieces lets the loop go wherever a turn is due, and comes to what it comes to", async () => {
  const loop = new FakeLoop();
  let [pieces, result] = [0, 0];
  function* work(): Pieces<number> {
    for (; pieces < 30; pieces++) {
      yield;
      loop.time += 10;
    }
    return 7;
  }
  const done = inTurns(work(), new Turns(loop)).then((value) => (result = value));
  for (let before = 0; result === 0; before = pieces) {
    expect(pieces - before).toBeLessThanOrEqual(5);
    loop.turn();
    await Promise.resolve();
  }
  expect([await done, pieces]).toEqual([7, 30]);
});

test("a loop that turned by itself owes no turn", async () => {
  const loop = new FakeLoop();
  const turns = new Turns(loop);
  await turns.pass();
  loop.turn();
  loop.time += 10_000;
  expect(turns.isDue).toBe(false);
  loop.time += 60;
  expect(turns.isDue).toBe(true);
});
