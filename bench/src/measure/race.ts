// One workload, every contender: ready, compared, warm, timed in turns.
import { setTimeout } from "node:timers/promises";
import type { AnyWorkload } from "../workloads/workload.ts";
import { judge } from "./agreement.ts";
import { lookAside } from "./aside.ts";
import type { Circumstances } from "./circumstances.ts";
import { Failed } from "./contending.ts";
import type { Entrant } from "./entrant.ts";
import type { Row } from "./row.ts";
import { attempt, inTheRace, interrupted, learn, type Runner } from "./runner.ts";

export interface Outcome {
  /** In the order of the entrants. */
  readonly rows: readonly Row[];
  /** The machine's limit in each round, in GFLOP/s. */
  readonly peaks: readonly number[];
}

/** Never rejects for what a contender does. */
export async function race(workload: AnyWorkload, entrants: readonly Entrant[], circumstances: Circumstances): Promise<Outcome> {
  const runners: Runner[] = [];
  try {
    for (const entrant of entrants) runners.push(await getReady(entrant, workload, circumstances));
    await compare(inTheRace(runners), workload, circumstances);
    const peaks = await takeTurns(inTheRace(runners), circumstances);
    await endAll(runners);
    for (const runner of inTheRace(runners)) await lookAside(runner, workload, circumstances);
    return { rows: runners.map(rowOf), peaks };
  } finally {
    await endAll(runners);
  }
}

/** Before the next one starts, so that none disturbs another's compilation. */
async function getReady(entrant: Entrant, workload: AnyWorkload, { plan, start, signal, onStep }: Circumstances): Promise<Runner> {
  if (signal.aborted) return { entrant, row: { reason: interrupted } };
  onStep("ready", `${entrant.name} gets ready`);
  const contending = start(entrant.place);
  const runner: Runner = { entrant, contending, row: {} };
  await attempt(runner, signal, async () => {
    const prepared = await contending.ask("prepare", { contender: entrant.contender.name, workload: workload.name });
    learn(runner, prepared);
    if (prepared.firstMs > plan.slowMs) throw new Failed(tooSlow(prepared.firstMs, plan.slowMs));
    runner.answer = await contending.ask("answer", {});
  });
  return runner;
}

function tooSlow(ms: number, most: number): string {
  return `is too slow to be timed: the first run took ${(ms / 1000).toFixed(1)} s, where ${most / 1000} s is the most`;
}

/** Whose answer is wrong is out of the race; and so is everybody where the oracle, in a process of its own, has none. */
async function compare(runners: readonly Runner[], workload: AnyWorkload, { start, signal, onStep }: Circumstances): Promise<void> {
  if (runners.length === 0 || signal.aborted) return;
  onStep("judge", "the oracle computes what is right");
  const oracle = start("node");
  const expected = oracle.ask("judge", { workload: workload.name }).catch((error: unknown) => {
    throw error instanceof Failed ? new Failed(`is not judged: the oracle ${error.message}`) : error;
  });
  for (const runner of runners)
    await attempt(runner, signal, async () => {
      const { distance, reason } = judge(runner.answer!, await expected, workload.tolerance);
      if (distance !== undefined) runner.row = { ...runner.row, distance };
      if (reason !== undefined) runner.row = { ...runner.row, disagrees: true, reason };
    });
  await oracle.end();
}

async function endAll(runners: readonly Runner[]): Promise<void> {
  await Promise.all(runners.map(({ contending }) => contending?.end()));
}

function rowOf({ entrant: { name, contender, place }, row }: Runner): Row {
  return { contender: name, kind: contender.kind, place, ...row };
}

/** Whoever began the last round is last in this one. Resolves to the machine's limit in each. */
async function takeTurns(runners: readonly Runner[], { plan, peak, signal, onStep }: Circumstances): Promise<number[]> {
  const peaks: number[] = [];
  const isOver = (): boolean => signal.aborted;
  for (const runner of runners) {
    onStep("warmUp", `${runner.entrant.name} warms up`);
    await attempt(runner, signal, () => runner.contending!.ask("warmUp", { ms: plan.warmUpMs }));
  }
  for (let round = 0; round < plan.rounds; round++) {
    const order = inTheRace(runners.map((_, i) => runners[(i + round) % runners.length]!));
    if (isOver() || order.length === 0) return peaks;
    onStep("round", `round ${round + 1} of ${plan.rounds}`);
    await setTimeout(plan.restMs);
    peaks.push(await peak());
    for (const runner of order) {
      if (isOver()) return peaks;
      onStep("turn", `round ${round + 1} of ${plan.rounds}: ${runner.entrant.name}`);
      await setTimeout(plan.restMs);
      await attempt(runner, undefined, async () => {
        const times = await runner.contending!.ask("turn", { ms: plan.turnMs });
        runner.row = { ...runner.row, rounds: [...(runner.row.rounds ?? []), times] };
      });
    }
  }
  return peaks;
}
