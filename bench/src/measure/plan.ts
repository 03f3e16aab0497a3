// How much is measured, and how long that may take.
import type { Entrant } from "./entrant.ts";

/** Times in milliseconds. */
export interface Plan {
  /** Turns of each contender. */
  readonly rounds: number;
  /** Who takes longer for the first run is not timed: all others would wait for it in every round. */
  readonly slowMs: number;
  /** Length of a turn, in which at least one run is made. */
  readonly turnMs: number;
  readonly warmUpMs: number;
  /** Before each turn nothing runs for so long: threads of some libraries go on looking for work after a run, some 25 ms on both cores. */
  readonly restMs: number;
  /** Fresh processes in which compiling, the first run and the memory are measured, that of the turns among them. */
  readonly fresh: number;
  /** No further fresh process after so long. */
  readonly freshMs: number;
  /** Runs between two looks at the heap; 0 looks at none. */
  readonly heapRuns: number;
  readonly heapMs: number;
  /** Length of a sample of the machine's limit, of which each round takes one. */
  readonly peakMs: number;
}

/** What a race is made of. */
export type Step = "ready" | "judge" | "warmUp" | "round" | "turn" | "fresh" | "heap";

/** To start a process, open a contender and run it once, before anything is known of it. */
const start = 700;

/** How long a step is expected to take. What it really takes corrects the whole: see `pace`. */
export function stepMs(step: Step, plan: Plan): number {
  switch (step) {
    case "ready":
    case "judge":
      return start;
    case "warmUp":
      return plan.warmUpMs;
    case "round":
      return plan.restMs + plan.peakMs;
    case "turn":
      return plan.restMs + plan.turnMs;
    case "fresh":
      return start + plan.turnMs;
    case "heap":
      return start + Math.min(plan.heapMs, 2000);
  }
}

/** How long one race is expected to take. */
export function raceMs(plan: Plan, entrants: readonly Entrant[]): number {
  const all = entrants.map((entrant) => {
    const turns = stepMs("ready", plan) + stepMs("warmUp", plan) + plan.rounds * stepMs("turn", plan);
    return turns + freshOf(plan, true) * stepMs("fresh", plan) + (looksAtHeap(plan, entrant) ? stepMs("heap", plan) : 0);
  });
  return all.reduce((sum, ms) => sum + ms, stepMs("judge", plan) + plan.rounds * stepMs("round", plan));
}

/** Further processes for one contender: only what compiles has something to repeat. */
export function freshOf(plan: Plan, compiles: boolean): number {
  return compiles ? Math.max(1, plan.fresh - 1) : 1;
}

export function looksAtHeap({ heapRuns }: Plan, { contender, place }: Entrant): boolean {
  return heapRuns > 0 && contender.kind === "backend" && place === "node";
}
