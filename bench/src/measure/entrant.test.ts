import { expect, test } from "vitest";
import type { Contender } from "../contenders/contender.ts";
import { plan } from "../testing/runs.ts";
import { entrants } from "./entrant.ts";
import { looksAtHeap, raceMs } from "./plan.ts";

const contender = (name: string, more: Partial<Contender> = {}): Contender => ({
  name,
  kind: "backend",
  usual: true,
  open: () => Promise.reject(new Error("opened")),
  ...more,
});
const all = [contender("cpu"), contender("webgl", { where: ["page"] }), contender("ort", { kind: "peer" })];
const names = (browser: boolean) => entrants(all, { browser }).map(({ name, place }) => `${name} in a ${place}`);

test("backends run in pages too where that is asked for, peers never", () => {
  expect(names(true)).toEqual(["cpu in a node", "cpu@chromium in a page", "webgl@chromium in a page", "ort in a node"]);
});

test("who runs in pages only is there to say so, also where no page is asked for", () => {
  expect(names(false)).toEqual(["cpu in a node", "webgl@chromium in a page", "ort in a node"]);
});

test("a longer plan and more contenders are expected to take longer", () => {
  const [few, many] = [entrants(all.slice(0, 1), { browser: false }), entrants(all, { browser: true })];
  expect(raceMs(plan, many)).toBeGreaterThan(raceMs(plan, few));
  for (const key of ["rounds", "turnMs", "warmUpMs", "fresh", "peakMs"] as const)
    expect(raceMs({ ...plan, [key]: plan[key] * 3 }, few)).toBeGreaterThan(raceMs(plan, few));
});

test("only the heap of our backends in Node is looked at, and only where runs are wanted", () => {
  const looked = (heapRuns: number) => entrants(all, { browser: true }).filter((entrant) => looksAtHeap({ ...plan, heapRuns }, entrant));
  expect(looked(10).map(({ name }) => name)).toEqual(["cpu"]);
  expect(looked(0)).toEqual([]);
});
