import { expect, test } from "vitest";
import type { Contender, Place } from "../contenders/contender.ts";
import { plan as usual } from "../testing/runs.ts";
import { workloads } from "../workloads/index.ts";
import { type Contending, Failed } from "./contending.ts";
import { entrants } from "./entrant.ts";
import type { Prepared, Question, Questions } from "./protocol.ts";
import { race } from "./race.ts";
import type { Row } from "./row.ts";

const workload = workloads.find(({ name }) => name === "matmul-256")!;
const plan = { ...usual, rounds: 4 };
const right = [1, 2, 3];

/** What a made-up contender does when it is asked, by question. */
type Manners = { readonly [Q in Question]?: () => Questions[Q]["told"] };

interface Stage {
  /** The user interrupts at this question, by its number from 1; what is asked then takes forever unless it is a turn. */
  readonly stopAt?: number;
  readonly judge?: Manners["judge"];
}

/** Runs a race among made-up contenders; `asked` is every question in order, as "name question". */
async function raceOf(contenders: Readonly<Record<string, Manners>>, { stopAt = Infinity, judge }: Stage = {}) {
  const asked: string[] = [];
  const endedAfter = new Map<string, number>(); // so many questions
  const stop = new AbortController();
  let running = 0;
  let samples = 0;
  const start = (_: Place, flags: readonly string[] = []): Contending => {
    let name = "oracle"; // who it is, is known when it is made ready; the oracle never is
    running++;
    return {
      async ask<Q extends Question>(question: Q, what: Questions[Q]["asked"]) {
        if ("contender" in what) name = what.contender;
        asked.push([name, question, ...flags.slice(0, 1)].join(" "));
        if (asked.length === stopAt) {
          stop.abort();
          if (question !== "turn") return new Promise(() => {});
        }
        const manners: Manners = name === "oracle" ? (judge === undefined ? {} : { judge }) : contenders[name]!;
        return (manners[question] ?? polite[question])() as Questions[Q]["told"];
      },
      async end() {
        running = Math.max(0, running - 1);
        if (!endedAfter.has(name)) endedAfter.set(name, asked.length);
      },
    };
  };
  const list = Object.keys(contenders).map((name): Contender => ({
    name,
    kind: name.startsWith("peer") ? "peer" : "backend",
    usual: true,
    open: never,
  }));
  const peak = async () => 40 + samples++;
  const all = entrants(list, { browser: false });
  const { rows, peaks } = await race(workload, all, { plan, start, peak, signal: stop.signal, onStep: () => {} });
  expect(running).toBe(0); // no process is left behind
  return { asked, endedAfter, peaks, row: (name: string): Row => rows.find(({ contender }) => contender === name)! };
}

const polite: Required<Manners> = {
  prepare: () => prepared(),
  answer: () => Float64Array.from(right),
  judge: () => Float64Array.from(right),
  warmUp: () => null,
  turn: () => [2, 1, 3],
  memory: () => 1000,
  heap: () => ({ runs: 10, kept: 0, allocated: 100 }),
  peak: never,
};

function prepared(compileMs?: number, firstMs = 5): Prepared {
  return { version: "1", threads: 1, firstMs, ...(compileMs === undefined ? {} : { compileMs }) };
}

function never(): never {
  throw new Error("asked of the wrong one");
}

function fail(reason: string): never {
  throw new Failed(reason);
}

test("a wrong contender is reported with its distance to the oracle, and never timed", async () => {
  const wrong: Manners = { answer: () => Float64Array.of(1, 2, 3.3) };
  const { asked, row } = await raceOf({ ours: wrong, "peer wrong": wrong, "peer right": {} });
  for (const name of ["ours", "peer wrong"]) {
    expect(row(name)).toMatchObject({ disagrees: true, reason: expect.stringMatching(/^disagrees: 9.1e-2 from the oracle/) as string });
    expect(row(name).rounds).toBeUndefined();
    expect(asked.filter((one) => one.startsWith(`${name} `))).toEqual([`${name} prepare`, `${name} answer`]);
  }
  expect(row("peer right")).toMatchObject({ distance: 0, rounds: Array(plan.rounds).fill([2, 1, 3]) });
});

test("nobody is timed where the oracle fails, and its reason is theirs", async () => {
  const { asked, row } = await raceOf({ ours: {}, "peer a": {} }, { judge: () => fail("ended with code 1") });
  for (const name of ["ours", "peer a"]) expect(row(name).reason).toBe("is not judged: the oracle ended with code 1");
  expect(asked.some((one) => one.endsWith("turn"))).toBe(false);
});

test("turns are interleaved and begin with another each round, after a look at the machine's limit", async () => {
  const { asked, peaks } = await raceOf({ ours: {}, "peer a": {}, "peer b": {} });
  const turns = asked.filter((one) => one.endsWith(" turn")).map((one) => one.replace(" turn", ""));
  expect(turns).toEqual(["ours", "peer a", "peer b", "peer a", "peer b", "ours", "peer b", "ours", "peer a", "ours", "peer a", "peer b"]);
  expect(peaks).toEqual([40, 41, 42, 43]);
});

test("who cannot run is a row with its reason, and the others go on", async () => {
  const { row } = await raceOf({
    ours: {},
    "peer gone": { prepare: () => fail("is not installed") },
    "peer tired": { turn: () => fail("ended") },
  });
  expect(row("peer gone")).toEqual({ contender: "peer gone", kind: "peer", place: "node", reason: "is not installed" });
  expect(row("peer tired").reason).toBe("ended");
  expect(row("ours").rounds).toHaveLength(plan.rounds);
});

test("who is too slow is a row with its reason, and at work no more while the others take turns", async () => {
  const slow: Manners = { prepare: () => prepared(1, 16_100) };
  const { asked, endedAfter, row } = await raceOf({ ours: {}, "peer slow": slow });
  expect(row("peer slow")).toMatchObject({
    reason: "is too slow to be timed: the first run took 16.1 s, where 1 s is the most",
    firstMs: [16_100],
  });
  expect(asked.filter((one) => one.startsWith("peer slow"))).toEqual(["peer slow prepare"]);
  expect(endedAfter.get("peer slow")).toBe(asked.indexOf("peer slow prepare") + 1);
  expect(row("ours").rounds).toHaveLength(plan.rounds);
});

test("compiling, first runs and memory are measured in fresh processes, and only our heap is looked at, under its flags", async () => {
  let ms = 0;
  const { asked, row } = await raceOf({ ours: { prepare: () => prepared(++ms) }, "peer a": {} });
  expect(row("ours")).toMatchObject({ compileMs: [1, 2, 3], firstMs: [5, 5, 5], memory: [1000, 1000] });
  expect(row("ours")).toMatchObject({ heap: { runs: 10, kept: 0, allocated: 100 } });
  expect(row("peer a")).toMatchObject({ firstMs: [5, 5], memory: [1000] }); // has no stage of compiling to repeat
  expect(asked.filter((one) => one.includes("--expose-gc"))).toEqual(["ours prepare --expose-gc", "ours heap --expose-gc"]);
});

test("an interruption in a turn lets it end, and keeps what was measured", async () => {
  const { asked, row } = await raceOf({ ours: {}, "peer a": {} }, { stopAt: 10 });
  expect(asked).toHaveLength(10); // two made ready, with their answers, the oracle, two warmed up, three turns
  expect([row("ours").rounds, row("peer a").rounds].map((rounds) => rounds?.length)).toEqual([1, 2]);
  expect(row("ours").reason).toBeUndefined();
});

test.each([1, 2, 3, 5, 6])("an interruption at question %i, which is no turn, waits for nothing", async (stopAt) => {
  const { asked, row } = await raceOf({ ours: {}, "peer a": {} }, { stopAt });
  expect(asked).toHaveLength(stopAt);
  for (const name of ["ours", "peer a"]) expect(row(name)).toMatchObject({ reason: "interrupted" });
});
