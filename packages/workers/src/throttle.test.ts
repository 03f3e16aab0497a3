import { random } from "@sluice/core";
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
  const luck = random(1).uniform(runs, 0, 1);
  const heard: Ended[] = [];
  const sizes: number[] = [];
  let us = 0;
  for (let run = 0; run < runs; run++) {
    const size = throttle.next();
    const isLate = size > cores - busy(run);
    const time = 10_000 * (serial + (1 - serial) / size) * (isLate ? 2 + 10 * luck[run]! : 1 + 0.1 * luck[run]!); // late ones as measured: 3.5 times one thread, sometimes nearly as fast
    us += time;
    sizes.push(size);
    heard.push({ threads: size, tookUs: time, sleeps: isLate || luck[run]! > 0.5 ? 1 : 0 });
    if (heard.length > lag) throttle.ended(heard.shift()!);
  }
  return { sizes, us };
}

const count = (sizes: readonly number[], size: number): number => sizes.filter((other) => other === size).length;

test("where every thread has a core, each other number is tried once, and all threads run from then on", () => {
  const { sizes } = simulate(2, 10_000, { cores: 2, busy: () => 0 });
  expect([count(sizes, 1), sizes.indexOf(1) > 40]).toEqual([3, true]);
  expect(count(simulate(8, 100_000, { cores: 8, busy: () => 0 }).sizes, 8)).toBe(100_000 - 3 * 3);
  expect(simulate(1, 100, { cores: 1, busy: () => 1 }).sizes).toEqual(Array(100).fill(1));
});

test("with one of two cores taken, one thread soon does nearly all, and trials cost a tenth at most", () => {
  const { sizes, us } = simulate(2, 4000, { cores: 2, busy: () => 1 });
  expect(sizes.slice(0, 60)).toContain(1);
  expect(count(sizes, 1)).toBeGreaterThan(3800);
  expect(us).toBeLessThan(1.1 * 4000 * 10_500);
});

test("with one of eight cores taken, seven threads go on; with four taken, four", () => {
  expect(count(simulate(8, 4000, { cores: 8, busy: () => 1 }).sizes.slice(2000), 7)).toBeGreaterThan(1800);
  expect(count(simulate(8, 4000, { cores: 8, busy: () => 4 }).sizes.slice(2000), 4)).toBeGreaterThan(1800);
});

test("a core that is taken later is noticed, and one that is free again is soon in use", () => {
  const { sizes } = simulate(2, 4000, { cores: 2, busy: (run) => (run >= 1000 && run < 2000 ? 1 : 0) });
  expect(count(sizes.slice(1000, 2000), 1)).toBeGreaterThan(850);
  expect(sizes.slice(2300)).toEqual(Array(1700).fill(2));
});

test("a Program that cannot be split evenly stays with all threads, and trials cost it next to nothing", () => {
  for (const threads of [2, 8, 64]) {
    const { sizes, us } = simulate(threads, 20_000, { cores: threads, busy: () => 0, serial: 0.1 });
    expect(count(sizes, threads)).toBeGreaterThan(19_900);
    expect(us).toBeLessThan(1.02 * 20_000 * 10_500 * (0.1 + 0.9 / threads));
  }
});

test("it decides as well when a hundred runs are posted ahead of what it hears", () => {
  const { sizes } = simulate(2, 4000, { cores: 2, busy: (run) => (run < 2000 ? 1 : 0) }, 100);
  expect(count(sizes.slice(0, 2000), 1)).toBeGreaterThan(1600);
  expect(count(sizes.slice(2500), 2)).toBeGreaterThan(1300);
});
