import { expect, test } from "vitest";
import { growthOf, memoryOf } from "./memory.ts";

const told = process.platform === "linux"; // elsewhere nobody tells
const size = 64 * 2 ** 20;

test("what a process holds counts, and the most it held so far", () => {
  const memory = memoryOf(process.pid);
  if (told) expect(memory!.peak).toBeGreaterThanOrEqual(memory!.now);
  else expect(memory).toBeUndefined();
  expect(memoryOf(-1)).toBeUndefined();
});

test("a process grows by what it fills", () => {
  const growth = growthOf([process.pid]);
  const filled = new Uint8Array(size).fill(1);
  if (told) expect(growth()).toBeGreaterThan(size * 0.9);
  else expect(growth()).toBeNull();
  expect(filled[size - 1]).toBe(1);
});

test("where one process cannot be seen, nothing is said of all", () => {
  expect(growthOf([process.pid, -1])()).toBeNull();
});
