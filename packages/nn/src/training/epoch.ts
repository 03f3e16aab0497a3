// One pass over the training data.
import { SluiceError } from "@sluice/core";
import type { Dataset } from "./dataset.ts";
import type { Pace } from "./pace.ts";
import type { TrainingRunner } from "./trainingRunner.ts";

export interface Epoch {
  /** From 1, for errors. */
  readonly epoch: number;
  readonly data: Dataset;
  readonly batch: number;
  readonly order: Int32Array | undefined;
  readonly runner: TrainingRunner;
  readonly pace: Pace;
  readonly signal: AbortSignal | undefined;
  /** Told after each wait how many batches are done. */
  onSettled(step: number): void;
}

/** False where `signal` ended it early; `runner.totals` then and otherwise hold what was done. Throws NOT_FINITE. */
export async function trainEpoch({ epoch, data, batch, order, runner, pace, signal, onSettled }: Epoch): Promise<boolean> {
  const steps = stepsOf(data.samples, batch);
  let settled = 0;
  runner.totals.reset();
  for (let step = 1; step <= steps; step++) {
    if (signal?.aborted && step === settled + 1) return false;
    const from = (step - 1) * batch;
    runner.run(data, { order, from, count: Math.min(batch, data.samples - from) });
    if (!pace.due() && step < steps && !signal?.aborted) continue;
    await runner.totals.drain();
    if (runner.totals.skipped > 0) throw notFinite(epoch, settled + 1, step, runner.totals.skipped);
    onSettled((settled = step));
    await pace.settled();
  }
  return true;
}

/** The last batch may be a short one. */
export function stepsOf(samples: number, batch: number): number {
  return Math.ceil(samples / batch);
}

function notFinite(epoch: number, first: number, last: number, skipped: number): SluiceError {
  const steps = first === last ? `step ${last}` : `${skipped} of steps ${first}–${last}`;
  return new SluiceError({
    code: "NOT_FINITE",
    who: "trainer.fit",
    what: `the loss or its gradient is not finite in epoch ${epoch}, ${steps}; those updates were left out and the weights are sound`,
    fix: "Lower the learning rate, clip with globalClipNorm, or scale the inputs",
    facts: { epoch, firstStep: first, lastStep: last, skipped },
  });
}
