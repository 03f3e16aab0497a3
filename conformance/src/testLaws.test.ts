import type { Backend } from "@sluice/core";
import { open } from "@sluice/core/reference";
import { expect, test } from "vitest";
import { laws } from "./suite.ts";
import { testLaws } from "./testLaws.ts";

const seed = Number(process.env["SLUICE_SEED"]);

test("every law becomes a test, and the report says at the end which held", async () => {
  const { tests, before, after, reports } = made(open);
  expect([...tests.keys()]).toEqual(laws.map(({ name }) => name));
  await before();
  const [mgu = ""] = [...tests.keys()].filter((name) => name.startsWith("mgu: outputs"));
  await tests.get(mgu)!();
  await after();
  expect(reports).toEqual([expect.stringContaining(`1 of 1 laws hold (seed ${seed})`)]);
});

test("a law that says nothing of a backend holds on it with no examples", async () => {
  const { tests, before, after, reports } = made(async () => {
    const backend = await open();
    return { ...backend, supports: { ...backend.supports, excessPrecision: true } };
  });
  await before();
  await [...tests].find(([name]) => name.startsWith("rounding"))![1]();
  await after();
  expect(reports[0]).toMatch(/holds +0 examples {2}rounding/);
});

/** The tests that a runner is given. */
function made(openOne: () => Promise<Backend>) {
  const tests = new Map<string, () => Promise<void>>();
  const reports: string[] = [];
  const around: (() => Promise<void>)[] = [];
  const hook = (run: () => Promise<void>): unknown => around.push(run);
  const runner = { test: (name: string, run: () => Promise<void>) => tests.set(name, run), beforeAll: hook, afterAll: hook };
  testLaws(runner, "mine", openOne, { milliseconds: 50, seed, report: (text) => void reports.push(text) });
  const [before, after] = around as [() => Promise<void>, () => Promise<void>];
  return { tests, before, after, reports };
}
