// Made-up runs, for the tests of what is made of them.
import type { Plan } from "../measure/plan.ts";
import type { Row } from "../measure/row.ts";
import type { Result, Run } from "../measure/run.ts";

export const plan: Plan = {
  rounds: 6,
  slowMs: 1000,
  turnMs: 1,
  warmUpMs: 1,
  restMs: 0,
  fresh: 3,
  freshMs: 1000,
  heapRuns: 10,
  heapMs: 1,
  peakMs: 1,
};

/** Six rounds of three equal runs, unless `factors` says by how much each round was slower. */
export function row(contender: string, ms: number, more: Partial<Row> = {}, factors: readonly number[] = [1, 1, 1, 1, 1, 1]): Row {
  return {
    contender,
    kind: contender.startsWith("peer") ? "peer" : "backend",
    place: "node",
    version: `${contender} 1.0`,
    threads: 1,
    distance: 2e-7,
    firstMs: [50, 60, 70],
    memory: [3 * 2 ** 20, 2 * 2 ** 20],
    rounds: factors.map((factor) => [ms * factor, ms * factor, ms * factor]),
    ...more,
  };
}

export function result(name: string, rows: readonly Row[], more: Partial<Result> = {}): Result {
  return {
    name,
    help: `what ${name} does`,
    task: "matmul",
    flops: 2 * 256 ** 3,
    tolerance: 1e-5,
    rows,
    peaks: [40, 40, 40, 40, 40, 40],
    ...more,
  };
}

export const gone: Row = { contender: "peer gone", kind: "peer", place: "node", reason: "is not installed: npm run bench:peers" };

/** Two workloads, a curve, a contender that was not there and one that was wrong. */
export const run: Run = {
  format: 2,
  date: "2026-01-02T03:04:05.000Z",
  machine: { processor: "Some Processor", cores: 2, platform: "linux", arch: "x64", node: "v20.20.2" },
  command: "npm run bench -- --quick",
  plan,
  limit: 40,
  interrupted: false,
  results: [
    result("matmul-256", [row("cpu", 4, { compileMs: [8, 9, 100], executor: "some executor" }), row("peer a", 20, { threads: 2 }), gone]),
    result(
      "lstm-t64",
      [row("cpu", 2), row("peer a", 1), { ...gone, contender: "peer wrong", disagrees: true, reason: "disagrees: 0.1 from the oracle" }],
      {
        curve: { family: "lstm", over: "steps", at: 64 },
      },
    ),
    result("lstm-t128", [row("cpu", 4), row("peer a", 2.5)], { curve: { family: "lstm", over: "steps", at: 128 } }),
  ],
};
