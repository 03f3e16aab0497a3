// Losses and metrics over a dataset.
import { SluiceError } from "@sluice/core";
import type { Dataset } from "./dataset.ts";
import { Pace } from "./pace.ts";
import type { Session } from "./session.ts";

/** The mean of each measure by the samples' weights. Throws NOT_FINITE where one is none. */
export function evaluate(session: Session, data: Dataset, batchSize: number, who: string): Promise<Record<string, number>> {
  const batch = Math.min(batchSize, data.samples);
  return session.evaluation.use(data.sample, batch, async ({ totals, run }) => {
    const pace = new Pace();
    totals.reset();
    for (let from = 0; from < data.samples; from += batch) {
      run(data, { order: undefined, from, count: Math.min(batch, data.samples - from) });
      if (!pace.due()) continue;
      await totals.drain();
      await pace.settled();
    }
    await totals.drain();
    if (totals.skipped > 0) throw notFinite(who, totals.skipped);
    return totals.means();
  });
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
