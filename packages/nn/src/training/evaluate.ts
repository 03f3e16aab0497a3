// Losses and metrics over a dataset.
import { SluiceError } from "@sluice/core";
import { Pace } from "./pace.ts";
import type { Session } from "./session.ts";
import { takenBy } from "./setting.ts";
import type { Source } from "./source.ts";
import { turns } from "../host/turns.ts";

export interface Evaluation {
  readonly signal: AbortSignal | undefined;
  /** Whether by the average of the weights. */
  readonly averaged: boolean;
  /** For errors. */
  readonly who: string;
}

/** The mean of each measure by the samples' weights; undefined where `signal` ended it early. Throws NOT_FINITE where one is none. */
export function evaluate(
  session: Session,
  source: Source,
  { signal, averaged, who }: Evaluation,
): Promise<Record<string, number> | undefined> {
  const { first, batch } = source;
  return session.evaluation.use({ ...takenBy(first), batch, averaged }, async ({ totals, begin, run }) => {
    const pace = new Pace();
    begin();
    const { at } = await source.epoch(0);
    for (let step = 1; ; step++) {
      if (signal?.aborted) return undefined;
      const next = at(step);
      const found = next instanceof Promise ? await next : next;
      if (found === undefined) break;
      run(found.data, found.rows);
      if (turns.isDue) await turns.pass();
      if (!pace.due()) continue;
      await totals.tally();
      pace.settled();
    }
    if (signal?.aborted && source.samples === undefined) return undefined; // the stream may not be over
    const tally = await totals.tally();
    if (tally.skipped > 0) throw notFinite(who, tally.skipped);
    if (totals.isEmpty(tally)) throw nothing(who);
    return totals.means(tally);
  });
}

/** Of all data: what the data alone tell is refused before. */
export function nothing(who: string): SluiceError {
  const what = "nothing in the data counts: every step is hidden, every label ignored, or what is left weighs 0";
  return new SluiceError({ code: "EMPTY_DATA", who, what, fix: "Look at lengths, maskIndex, ignoreClass and weights" });
}

function notFinite(who: string, batches: number): SluiceError {
  const what = `the loss is not finite in ${batches} batch${batches === 1 ? "" : "es"}`;
  return new SluiceError({
    code: "NOT_FINITE",
    who,
    what,
    fix: "Scale the inputs, or train with a lower learning rate",
    facts: { batches },
  });
}
