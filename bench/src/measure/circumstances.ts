// What a race is given beside the work: how much to measure, and the outside world.
import type { Place } from "../contenders/contender.ts";
import type { Contending } from "./contending.ts";
import type { Plan, Step } from "./plan.ts";

export interface Circumstances {
  readonly plan: Plan;
  /** Starts a place for a contender: a process, on these flags of Node, or a page. */
  readonly start: (place: Place, flags?: readonly string[]) => Contending;
  /** A sample of the machine's limit, in GFLOP/s. */
  readonly peak: () => Promise<number>;
  /** Ends the race after the turn under way; what was measured counts. */
  readonly signal: AbortSignal;
  readonly onStep: (step: Step, what: string) => void;
}
