// What would disturb the turns, or be disturbed by them: opening, compiling, first runs and memory in fresh processes, and the heap.
import type { AnyWorkload } from "../workloads/workload.ts";
import type { Circumstances } from "./circumstances.ts";
import type { Contending } from "./contending.ts";
import { freshOf, looksAtHeap } from "./plan.ts";
import { heapFlags } from "./protocol.ts";
import { attempt, learn, type Runner } from "./runner.ts";

/** A contender that breaks here has been timed nevertheless, and says so. */
export async function lookAside(runner: Runner, workload: AnyWorkload, circumstances: Circumstances): Promise<void> {
  await startAfresh(runner, workload, circumstances);
  if (looksAtHeap(circumstances.plan, runner.entrant)) await lookAtHeap(runner, workload, circumstances);
}

async function startAfresh(runner: Runner, workload: AnyWorkload, { plan, start, signal, onStep }: Circumstances): Promise<void> {
  const { name, place, contender } = runner.entrant;
  const count = freshOf(plan, runner.row.compileMs !== undefined);
  const end = performance.now() + plan.freshMs;
  for (let i = 0; i < count && (i === 0 || performance.now() < end) && !signal.aborted; i++) {
    onStep("fresh", `${name} starts afresh, ${i + 1} of ${count}`);
    await aside(runner, start(place), signal, async (contending) => {
      const prepared = await contending.ask("prepare", { contender: contender.name, workload: workload.name });
      await contending.ask("warmUp", { ms: plan.turnMs });
      const memory = await contending.ask("memory", {});
      learn(runner, prepared);
      if (memory !== null) runner.row = { ...runner.row, memory: [...(runner.row.memory ?? []), memory] };
    });
  }
}

async function lookAtHeap(runner: Runner, workload: AnyWorkload, { plan, start, signal, onStep }: Circumstances): Promise<void> {
  if (signal.aborted || runner.row.reason !== undefined) return;
  const { name, contender } = runner.entrant;
  onStep("heap", `${name} runs up to ${plan.heapRuns} times beside its heap`);
  await aside(runner, start("node", heapFlags), signal, async (contending) => {
    await contending.ask("prepare", { contender: contender.name, workload: workload.name });
    runner.row = { ...runner.row, heap: await contending.ask("heap", { runs: plan.heapRuns, ms: plan.heapMs }) };
  });
}

async function aside(
  runner: Runner,
  contending: Contending,
  signal: AbortSignal,
  act: (contending: Contending) => Promise<void>,
): Promise<void> {
  try {
    await attempt(runner, signal, () => act(contending));
  } finally {
    await contending.end();
  }
}
