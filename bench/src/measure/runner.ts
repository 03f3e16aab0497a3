// A contender during a race: what is known of it so far, and how it drops out.
import { type Contending, Failed } from "./contending.ts";
import type { Entrant } from "./entrant.ts";
import type { Prepared } from "./protocol.ts";
import { reasonOf } from "./reason.ts";
import type { Row } from "./row.ts";

export interface Runner {
  readonly entrant: Entrant;
  /** Absent where the race was interrupted before it was started. */
  readonly contending?: Contending;
  /** What is known so far. Out of the race once it has a reason. */
  row: Omit<Row, "contender" | "kind" | "place">;
  answer?: Float64Array;
}

/** The reason of who was not timed, or not to the end, because the user ended the race. */
export const interrupted = "interrupted";

export function inTheRace(runners: readonly Runner[]): Runner[] {
  return runners.filter(({ row }) => row.reason === undefined);
}

/** Adds what one process told of opening, compiling and first running. */
export function learn(runner: Runner, { compileMs, firstMs, ...known }: Prepared): void {
  const { row } = runner;
  runner.row = {
    ...row,
    ...known,
    firstMs: [...(row.firstMs ?? []), firstMs],
    ...(compileMs === undefined ? {} : { compileMs: [...(row.compileMs ?? []), compileMs] }),
  };
}

/** A contender that fails is out, with its reason, and its place is ended: it may still be at work beside the others. With a signal the attempt is given up when that aborts. */
export async function attempt(runner: Runner, signal: AbortSignal | undefined, act: () => Promise<unknown>): Promise<void> {
  try {
    if (signal?.aborted) throw new Failed(interrupted);
    await (signal === undefined ? act() : unlessStopped(signal, act()));
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    runner.row = { ...runner.row, reason: reasonOf(error) };
    await runner.contending?.end();
  }
}

/** Rejects with `Failed` as soon as the signal aborts; what was begun is left to itself. */
async function unlessStopped<T>(signal: AbortSignal, going: Promise<T>): Promise<T> {
  let stop: (() => void) | undefined;
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(new Failed(interrupted));
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop);
  });
  try {
    return await Promise.race([stopped, going]);
  } finally {
    signal.removeEventListener("abort", stop!);
    going.catch(() => {}); // the end of its process, when nobody waits any more
  }
}
