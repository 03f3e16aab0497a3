import { expect, test } from "vitest";
import { type Ended, createThrottle } from "./throttle.ts";

interface Machine {
  readonly cores: number;
  /** Cores that others keep busy at that run. */
  busy(run: number): number;
  /** Of the work, what only one thread can do. */
  readonly serial?: number;
}

/** How many threads each of so many runs of 10 ms of work has, and what all of them take. Runs are heard of `lag` runs later. */
function simulate(threads: number, runs: number, { cores, busy, serial = 0 }: Machine, lag = 0) {
  const throttle = createThrottle(threads);
  const heard: Ended[] = [];
  const sizes: number[] = [];
  let us = 0;
  for (let run = 0; run < runs; run++) {
    const size = throttle.next();
    const isLate = size > cores - busy(run);
    const time = 10_000 * (serial + (1 - serial) / size) * (isLate ? 7 : 1); // as measured with two threads: 3.5 times one
    us += time;
    sizes.push(size);
    heard.push({ threads: size, us: time, sleeps: isLate || (serial > 0 && size > 1) ? 3 : 0 });
    if (heard.length > lag) throttle.ended(heard.shift()!);
  }
  return { sizes, us };
}

const count = (sizes: readonly number[], size: number): number => sizes.filter((other) => other === size).length;

test("where every thread has a core, all of them run, always", () => {
  expect(simulate(2, 10_000, { cores: 2, busy: () => 0 }).sizes).toEqual(Array(10_000).fill(2));
  expect(simulate(1, 100, { cores: 1, busy: () => 1 }).sizes).toEqual(Array(100).fill(1));
});

test("with one of two cores taken, one thread soon does nearly all, and trials cost a tenth at most", () => {
  const { sizes, us } = simulate(2, 2000, { cores: 2, busy: () => 1 });
  expect(sizes.slice(100)).toContain(1);
  expect(count(sizes, 1)).toBeGreaterThan(1900);
  expect(us).toBeLessThan(1.1 * 2000 * 10_000);
});

test("with one of eight cores taken, seven threads go on; with five taken, less", () => {
  const { sizes } = simulate(8, 4000, { cores: 8, busy: () => 1 });
  expect(count(sizes.slice(2000), 7)).toBeGreaterThan(1800);
  expect(count(simulate(8, 4000, { cores: 8, busy: () => 4 }).sizes.slice(2000), 4)).toBeGreaterThan(1800);
});

test("a core that is free again is soon in use", () => {
  const { sizes } = simulate(2, 4000, { cores: 2, busy: (run) => (run >= 1000 && run < 2000 ? 1 : 0) });
  expect(count(sizes.slice(1000, 2000), 1)).toBeGreaterThan(900);
  expect(sizes.slice(2200)).toEqual(Array(1800).fill(2));
});

test("a Program that cannot be split evenly stays with all threads, and trials cost it a tenth at most", () => {
  for (const threads of [2, 8, 64]) {
    const machine = { cores: threads, busy: () => 0, serial: 0.1 };
    const { sizes, us } = simulate(threads, 20_000, machine);
    expect(count(sizes, threads)).toBeGreaterThan(18_000);
    expect(us).toBeLessThan(1.1 * 20_000 * 10_000 * (0.1 + 0.9 / threads));
  }
});

test("it decides as well when a hundred runs are posted ahead of what it hears", () => {
  const { sizes } = simulate(2, 4000, { cores: 2, busy: (run) => (run < 2000 ? 1 : 0) }, 100);
  expect(count(sizes.slice(0, 2000), 1)).toBeGreaterThan(1700);
  expect(count(sizes.slice(2500), 2)).toBeGreaterThan(1300);
});
