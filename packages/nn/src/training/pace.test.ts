import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Pace } from "./pace.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** How many runs are queued before each of `waits` waits, where a run takes `enqueue` ms on the host and `work` ms on the backend. */
function queues(enqueue: number, work: number, waits: number): number[] {
  const pace = new Pace();
  const lengths: number[] = [];
  for (let wait = 0; wait < waits; wait++) {
    let queued = 1;
    for (vi.advanceTimersByTime(enqueue); !pace.due(); queued++) vi.advanceTimersByTime(enqueue);
    lengths.push(queued);
    vi.advanceTimersByTime(queued * (work - enqueue));
    pace.settled();
  }
  return lengths;
}

test("a queue grows to about 100 ms of work and no further", () => {
  expect(queues(0, 2, 8)).toEqual([1, 4, 16, 50, 50, 50, 50, 50]);
});

test("runs of more than 100 ms are awaited one by one", () => {
  expect(queues(0, 150, 4)).toEqual([1, 1, 1, 1]);
});

test("a backend that works while it enqueues is awaited ten times a second", () => {
  expect(queues(10, 10, 6)).toEqual([1, 4, 10, 10, 10, 10]);
});

test("a clock that stands still or goes back still gives a queue that ends", () => {
  const pace = new Pace();
  for (let wait = 0; wait < 5; wait++) {
    let queued = 1;
    while (!pace.due()) queued++;
    expect(queued).toBe(4 ** wait);
    vi.setSystemTime(0);
    pace.settled();
  }
});
