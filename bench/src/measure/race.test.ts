import { expect, test } from "vitest";
import type { Contender } from "../contenders/contender.ts";
import { workloads } from "../workloads/index.ts";
import { type Contending, Failed } from "./process.ts";
import type { Prepared, Question, Questions } from "./protocol.ts";
import { type Plan, race, type Row } from "./race.ts";

const workload = workloads.find(({ name }) => name === "matmul-256")!;
const plan: Plan = { rounds: 4, turnMs: 1, warmUpMs: 1, compilations: 3, heapRuns: 10, heapMs: 1 };
const right = [1, 2, 3];

/** What a made-up contender does when it is asked, by question. */
type Manners = { readonly [Q in Question]?: () => Questions[Q]["told"] };

/** Runs a race among made-up contenders; `asked` is every question in order, as "name question". */
async function raceOf(contenders: Readonly<Record<string, Manners>>, { stopAfter = Infinity } = {}) {
  const asked: string[] = [];
  const stop = new AbortController();
  const names = Object.keys(contenders);
  let started = 0;
  let running = 0;
  const start = (flags: readonly string[] = []): Contending => {
    const first = names[started++]; // one each at the start; what comes later says who it is when it is made ready
    let name = first ?? "";
    running++;
    return {
      async ask<Q extends Question>(question: Q, what: Questions[Q]["asked"]) {
        if ("contender" in what) name = what.contender;
        asked.push([name, question, ...flags.slice(0, 1)].join(" "));
        if (asked.length >= stopAfter) stop.abort();
        return (contenders[name]![question] ?? polite[question])() as Questions[Q]["told"];
      },
      async end() {
        running--;
      },
    };
  };
  const list = names.map((name): Contender => ({ name, kind: name.startsWith("peer") ? "peer" : "backend", usual: true, open: never }));
  const rows = await race(workload, list, { plan, start, signal: stop.signal, onProgress: () => {} });
  expect(running).toBe(0); // no process is left behind
  return { asked, row: (name: string): Row => rows.find(({ contender }) => contender === name)! };
}

const polite: Required<Manners> = {
  prepare: () => prepared(right),
  warmUp: () => null,
  turn: () => [2, 1, 3],
  heap: () => ({ runs: 10, kept: 0, allocated: 100 }),
};

function prepared(answer: readonly number[], compileMs?: number): Prepared {
  return { version: "1", firstMs: 5, answer: Float64Array.from(answer), ...(compileMs === undefined ? {} : { compileMs }) };
}

function never(): never {
  throw new Error("opened in the parent");
}

function fail(reason: string): never {
  throw new Failed(reason);
}

test("a wrong contender is reported with its distance, and never timed", async () => {
  const { asked, row } = await raceOf({ ours: {}, "peer wrong": { prepare: () => prepared([1, 2, 3.3]) }, "peer right": {} });
  expect(row("peer wrong").reason).toBe("disagrees: 9.1e-2 from the nearest other answer, 0.00001 is allowed");
  expect(row("peer wrong").rounds).toBeUndefined();
  expect(asked.filter((one) => one.startsWith("peer wrong"))).toEqual(["peer wrong prepare"]);
  for (const name of ["ours", "peer right"]) expect(row(name)).toMatchObject({ nearest: 0, rounds: Array(plan.rounds).fill([2, 1, 3]) });
});

test("ours is not timed either where it is the one that is wrong", async () => {
  const { asked, row } = await raceOf({ ours: { prepare: () => prepared([1, 2, NaN]) }, "peer a": {}, "peer b": {} });
  expect(row("ours").reason).toMatch(/^disagrees/);
  expect(row("peer a").rounds).toHaveLength(plan.rounds);
  expect(asked).not.toContain("ours turn");
});

test("turns are interleaved and begin with another each round", async () => {
  const { asked } = await raceOf({ ours: {}, "peer a": {}, "peer b": {} });
  const turns = asked.filter((one) => one.endsWith(" turn")).map((one) => one.replace(" turn", ""));
  expect(turns).toEqual(["ours", "peer a", "peer b", "peer a", "peer b", "ours", "peer b", "ours", "peer a", "ours", "peer a", "peer b"]);
});

test("who cannot run is a row with its reason, and the others go on", async () => {
  const { row } = await raceOf({
    ours: {},
    "peer gone": { prepare: () => fail("is not installed") },
    "peer tired": { turn: () => fail("ended") },
  });
  expect(row("peer gone")).toEqual({ contender: "peer gone", kind: "peer", reason: "is not installed" });
  expect(row("peer tired").reason).toBe("ended");
  expect(row("ours").rounds).toHaveLength(plan.rounds);
});

test("compiling is timed in processes of their own, and only our heap is looked at, under its flags", async () => {
  let ms = 0;
  const compiling: Manners = { prepare: () => prepared(right, ++ms) };
  const { asked, row } = await raceOf({ ours: compiling, "peer a": {} });
  expect(row("ours")).toMatchObject({ compileMs: [1, 2, 3], heap: { runs: 10, kept: 0, allocated: 100 } });
  expect(asked.slice(-2)).toEqual(["ours prepare --expose-gc", "ours heap --expose-gc"]);
  expect(row("peer a")).not.toHaveProperty("heap");
});

test("an interruption keeps what was measured", async () => {
  const { asked, row } = await raceOf({ ours: {}, "peer a": {} }, { stopAfter: 7 });
  expect(asked).toHaveLength(7); // two made ready, two warmed up, three turns
  expect([row("ours").rounds, row("peer a").rounds].map((rounds) => rounds?.length)).toEqual([1, 2]);
  expect((await raceOf({ ours: {} }, { stopAfter: 1 })).row("ours").reason).toBe("interrupted");
});
