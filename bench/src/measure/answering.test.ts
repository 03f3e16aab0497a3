import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { type Contender, NotInstalled, type Work } from "../contenders/contender.ts";
import { workloads } from "../workloads/index.ts";
import { answering, type Place } from "./answering.ts";
import type { Question, Questions } from "./protocol.ts";

const several = workloads.find(({ name }) => name === "lstm-train-b4-t5-8-16")!;

/** A contender whose n-th result is n. */
function counting(more: Partial<Work> = {}) {
  const log = { runs: 0, syncs: 0 };
  const work: Work = {
    run: () => void log.runs++,
    sync: async () => log.syncs++,
    result: async () => Float32Array.of(log.runs),
    ...more,
  };
  const contender: Contender = {
    name: "counting",
    kind: "peer",
    usual: true,
    open: async () => ({ version: "1.0", threads: 2, tasks: { lstmTraining: async () => work } }),
  };
  return { contender, log };
}

function asking(place: Place) {
  const answer = answering(place);
  return async <Q extends Question>(question: Q, asked: Questions[Q]["asked"]) => {
    const reply = await answer({ question, asked });
    if ("failed" in reply) throw new Error(`${reply.failed}${reply.notInstalled ? ", not installed" : ""}`);
    return reply.told as Questions[Q]["told"];
  };
}

const prepare = { contender: "counting", workload: several.name };

test("the first result is that of the first run, and as many follow as are compared", async () => {
  const { contender, log } = counting({ executor: "some executor", compileMs: 7 });
  const ask = asking({ contenders: [contender] });
  const { firstMs, ...known } = await ask("prepare", prepare);
  expect(known).toEqual({ version: "1.0", threads: 2, executor: "some executor", compileMs: 7 });
  expect(firstMs).toBeGreaterThanOrEqual(0);
  expect([...(await ask("answer", {}))]).toEqual(Array.from({ length: several.compared }, (_, i) => i + 1));
  expect(log).toEqual({ runs: several.compared, syncs: several.compared });
});

test("what computes on no threads says so; who says nothing computes on one", async () => {
  const threads = async (more: object) => {
    const open = async () => ({ version: "1.0", tasks: (await counting().contender.open()).tasks, ...more });
    return (await asking({ contenders: [{ ...counting().contender, open }] })("prepare", prepare)).threads;
  };
  expect([await threads({ threads: null }), await threads({})]).toEqual([null, 1]);
});

test("every run of a turn is awaited to its end, and there is one at the least", async () => {
  const { contender, log } = counting();
  const ask = asking({ contenders: [contender] });
  await ask("prepare", prepare);
  expect(await ask("turn", { ms: 0 })).toHaveLength(1);
  expect(log).toEqual({ runs: 2, syncs: 2 });
});

test("where the clock is coarse, runs are timed together", async () => {
  const { contender, log } = counting();
  const ask = asking({ contenders: [contender], leastMs: 2 });
  await ask("prepare", prepare);
  const [mean] = await ask("turn", { ms: 0 });
  expect(log.runs).toBeGreaterThan(2);
  expect(mean! * (log.runs - 1)).toBeGreaterThanOrEqual(2);
});

test("memory is what the place grew by at its largest, since before the contender was opened", async () => {
  let now = 500;
  const { contender } = counting({ run: () => void (now = 800) });
  const ask = asking({ contenders: [contender], memory: { now: () => now, peak: () => 900 } });
  await ask("prepare", prepare);
  expect(await ask("memory", {})).toBe(400);
  expect(await asking({ contenders: [] })("memory", {})).toBeNull();
});

test("where runs only queue, no more are counted than fit the time when each is awaited", async () => {
  let queued = 0;
  const sync = async (): Promise<void> => {
    await setTimeout(10 * queued);
    queued = 0;
  };
  const { contender } = counting({ run: () => void queued++, sync });
  const ask = asking({ contenders: [contender], heap: { collected: () => 0, now: () => 0 } });
  await ask("prepare", prepare);
  expect((await ask("heap", { runs: 1000, ms: 60 })).runs).toBeLessThan(8);
});

test("the heap is counted per run, after a collection before and behind them", async () => {
  let [used, left] = [1000, 1000];
  const run = (): void => {
    used += 100;
    left += 10;
  };
  const { contender } = counting({ run });
  const collected = () => (used = left);
  const ask = asking({ contenders: [contender], heap: { collected, now: () => used } });
  await ask("prepare", prepare);
  expect(await ask("heap", { runs: 5, ms: 0 })).toEqual({ runs: 1, allocated: 100, kept: 10 });
});

test("the oracle's answer is told as it is", async () => {
  expect(await asking({ contenders: [] })("judge", { workload: several.name })).toEqual(several.expected());
});

test("a failure is an answer too, and says whether something is missing", async () => {
  const gone: Contender = { ...counting().contender, open: () => Promise.reject(new NotInstalled("is not there")) };
  await expect(asking({ contenders: [gone] })("prepare", prepare)).rejects.toThrow("is not there, not installed");
  await expect(asking({ contenders: [] })("prepare", prepare)).rejects.toThrow("there is no counting here");
  const { contender } = counting();
  await expect(asking({ contenders: [contender] })("prepare", { ...prepare, workload: "matmul-256" })).rejects.toThrow("has no matmul");
});
