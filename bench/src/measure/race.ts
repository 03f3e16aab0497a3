// One workload, every contender: ready, compared, warm, timed in turns.
import type { Contender } from "../contenders/contender.ts";
import type { AnyWorkload } from "../workloads/workload.ts";
import { agreement } from "./agreement.ts";
import { type Contending, Failed } from "./process.ts";
import { type Heap, heapFlags, type Prepared } from "./protocol.ts";
import { median } from "./statistics.ts";

export interface Plan {
  /** Turns of each contender. */
  readonly rounds: number;
  /** Length of a turn, in which at least one run is made. */
  readonly turnMs: number;
  readonly warmUpMs: number;
  /** Fresh processes in which compiling is timed, that of the turns among them. */
  readonly compilations: number;
  /** Runs between two looks at the heap; 0 looks at none. */
  readonly heapRuns: number;
  readonly heapMs: number;
}

/** What became of one contender on one workload. Times in milliseconds. */
export interface Row {
  readonly contender: string;
  readonly kind: Contender["kind"];
  readonly version?: string;
  readonly executor?: string;
  /** Why it was not timed, or not to the end. */
  readonly reason?: string;
  /** Distance to the nearest other answer; absent where there is no other. */
  readonly nearest?: number;
  readonly firstMs?: number;
  /** Each in a process of its own. */
  readonly compileMs?: readonly number[];
  /** Per round the time of each run. */
  readonly rounds?: readonly (readonly number[])[];
  readonly heap?: Heap;
}

export interface Circumstances {
  readonly plan: Plan;
  /** Starts a process for a contender, on these flags of Node. */
  readonly start: (flags?: readonly string[]) => Contending;
  /** Ends the race between two turns; what was measured counts. */
  readonly signal: AbortSignal;
  readonly onProgress: (what: string) => void;
}

/** The rows in the order of `contenders`. Never rejects for what a contender does. */
export async function race(workload: AnyWorkload, contenders: readonly Contender[], circumstances: Circumstances): Promise<Row[]> {
  const runners = contenders.map((contender): Runner => ({ contender, process: circumstances.start(), row: {} }));
  try {
    await getReady(runners, workload, circumstances);
    compare(runners, workload.tolerance);
    await takeTurns(inTheRace(runners), circumstances);
  } finally {
    await Promise.all(runners.map(({ process }) => process.end()));
  }
  for (const runner of inTheRace(runners)) await lookAside(runner, workload, circumstances);
  return runners.map(({ contender: { name, kind }, row }) => ({ contender: name, kind, ...row }));
}

interface Runner {
  readonly contender: Contender;
  readonly process: Contending;
  /** What is known so far. Out of the race once it has a reason. */
  row: Omit<Row, "contender" | "kind">;
  answer?: Float64Array;
}

function inTheRace(runners: readonly Runner[]): Runner[] {
  return runners.filter(({ row }) => row.reason === undefined);
}

/** One after the other, so that none disturbs another's compilation. */
async function getReady(runners: readonly Runner[], workload: AnyWorkload, { signal, onProgress }: Circumstances): Promise<void> {
  for (const runner of runners) {
    onProgress(`${runner.contender.name} gets ready`);
    await attempt(runner, signal, async () => {
      const { answer, compileMs, ...known } = await ready(runner.process, runner.contender, workload);
      runner.answer = answer;
      runner.row = { ...known, ...(compileMs === undefined ? {} : { compileMs: [compileMs] }) };
    });
  }
}

function ready(process: Contending, contender: Contender, workload: AnyWorkload): Promise<Prepared> {
  return process.ask("prepare", { contender: contender.name, workload: workload.name });
}

function compare(runners: readonly Runner[], tolerance: number): void {
  const answered = inTheRace(runners);
  const verdicts = agreement(
    answered.map(({ answer }) => answer!),
    tolerance,
  );
  answered.forEach((runner, i) => {
    const { agrees, nearest } = verdicts[i]!;
    if (nearest !== undefined) runner.row = { ...runner.row, nearest };
    if (agrees) return;
    const apart =
      nearest === undefined ? "not finite" : `${nearest.toExponential(1)} from the nearest other answer, ${tolerance} is allowed`;
    runner.row = { ...runner.row, reason: `disagrees: ${apart}` };
  });
}

/** Whoever began the last round is last in this one. */
async function takeTurns(runners: readonly Runner[], { plan, signal, onProgress }: Circumstances): Promise<void> {
  for (const runner of runners) {
    onProgress(`${runner.contender.name} warms up`);
    await attempt(runner, signal, () => runner.process.ask("warmUp", { ms: plan.warmUpMs }));
  }
  for (let round = 0; round < plan.rounds; round++) {
    const order = runners.map((_, i) => runners[(i + round) % runners.length]!);
    for (const runner of inTheRace(order)) {
      if (signal.aborted) return;
      onProgress(`round ${round + 1} of ${plan.rounds}: ${runner.contender.name}`);
      await attempt(runner, signal, async () => {
        const times = await runner.process.ask("turn", { ms: plan.turnMs });
        runner.row = { ...runner.row, rounds: [...(runner.row.rounds ?? []), times] };
      });
    }
  }
}

/** What would disturb the turns, in processes of its own: further compilations, and the heap of our backends. */
async function lookAside(runner: Runner, workload: AnyWorkload, { plan, start, signal, onProgress }: Circumstances): Promise<void> {
  const { contender } = runner;
  for (let i = 1; runner.row.compileMs !== undefined && i < plan.compilations && !signal.aborted; i++) {
    onProgress(`${contender.name} compiles afresh, ${i + 1} of ${plan.compilations}`);
    await aside(runner, start(), async (process) => {
      const { compileMs } = await ready(process, contender, workload);
      runner.row = { ...runner.row, compileMs: [...runner.row.compileMs!, compileMs!] };
    });
  }
  if (contender.kind === "peer" || plan.heapRuns === 0 || signal.aborted) return;
  onProgress(`${contender.name} runs up to ${plan.heapRuns} times beside its heap`);
  await aside(runner, start(heapFlags), async (process) => {
    await ready(process, contender, workload);
    runner.row = { ...runner.row, heap: await process.ask("heap", { runs: plan.heapRuns, ms: plan.heapMs }) };
  });
}

async function aside(runner: Runner, process: Contending, use: (process: Contending) => Promise<void>): Promise<void> {
  try {
    await use(process);
  } catch (error) {
    out(runner, error);
  } finally {
    await process.end();
  }
}

/** Unless the race was interrupted. A contender that fails is out, with its reason. */
async function attempt(runner: Runner, signal: AbortSignal, act: () => Promise<unknown>): Promise<void> {
  try {
    if (signal.aborted) throw new Failed("interrupted");
    await act();
  } catch (error) {
    out(runner, error);
  }
}

function out(runner: Runner, error: unknown): void {
  if (!(error instanceof Failed)) throw error;
  runner.row = { ...runner.row, reason: error.message };
}

/** The median of each round: what ratios are made of. */
export function roundMedians({ rounds = [] }: Row): number[] {
  return rounds.map(median);
}
