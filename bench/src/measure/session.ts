// A whole run: races one after the other, the machine's limit beside them, and how long is left.
import type { Place } from "../contenders/contender.ts";
import type { Options } from "../options.ts";
import { type Pace, pace } from "./pace.ts";
import { machine, resultOf, type Run, withResult } from "./run.ts";
import { type Browser, noBrowser, openBrowser } from "./browser.ts";
import type { Contending } from "./contending.ts";
import { type Entrant, entrants } from "./entrant.ts";
import { raceMs, stepMs } from "./plan.ts";
import { startProcess } from "./process.ts";
import { race } from "./race.ts";
import { timedRows } from "./row.ts";

export interface Audience {
  /** Ends the run after the turn under way. */
  readonly signal: AbortSignal;
  readonly onMoment: (moment: Moment) => void;
  /** The run so far, with one more result. */
  readonly onResult: (run: Run) => Promise<void>;
}

/** What happens at the moment. */
export interface Moment {
  /** "matmul-256 (3 of 20)" */
  readonly where: string;
  /** "round 4 of 11: cpu" */
  readonly what: string;
  /** From 0 to 1. */
  readonly share: number;
  /** Milliseconds; undefined before anything can be told. */
  readonly left?: number | undefined;
}

/** Resolves to what was measured, also after an interruption. Leaves no process behind. */
export async function measure(options: Options, audience: Audience): Promise<Run> {
  const { contenders, browser, plan } = options;
  const limiter = startProcess();
  const page = browser ? await openBrowser() : noBrowser("runs in a page: add --browser");
  try {
    const samples = [];
    for (let i = 0; i < 10; i++) samples.push(await limiter.ask("peak", { ms: plan.peakMs })); // the first ones are still being optimised
    const limit = Math.max(...samples);
    return await races({ ...options, limit, page, limiter, all: entrants(contenders, { browser }) }, audience);
  } finally {
    await Promise.all([limiter.end(), page.close()]);
  }
}

interface Races extends Pick<Options, "workloads" | "plan" | "command"> {
  readonly limit: number;
  readonly limiter: Contending;
  readonly page: Browser;
  readonly all: readonly Entrant[];
}

async function races(
  { workloads, plan, command, limit, limiter, page, all }: Races,
  { signal, onMoment, onResult }: Audience,
): Promise<Run> {
  const began = { format: 2, date: new Date().toISOString(), machine: machine(page.version) } as const;
  let run: Run = { ...began, command, plan, limit, interrupted: false, results: [] };
  const isOver = (): boolean => signal.aborted;
  const each = raceMs(plan, all);
  const going: Pace = pace(each * workloads.length);
  for (const [i, workload] of workloads.entries()) {
    if (isOver()) break;
    const outcome = await race(workload, all, {
      plan,
      signal,
      peak: () => limiter.ask("peak", { ms: plan.peakMs }),
      start: (place: Place, flags) => (place === "page" ? page.start() : startProcess(flags)),
      onStep(step, what) {
        going.begin(stepMs(step, plan));
        onMoment({ where: `${workload.name} (${i + 1} of ${workloads.length})`, what, share: going.share(), left: going.left() });
      },
    });
    going.reach(each * (i + 1));
    if (isOver() && timedRows(outcome.rows).length === 0) break; // nothing but "interrupted"
    run = { ...withResult(run, resultOf(workload, outcome)), interrupted: isOver() };
    await onResult(run);
  }
  return { ...run, interrupted: isOver() };
}
