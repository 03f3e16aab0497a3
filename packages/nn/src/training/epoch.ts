// One pass over the training data.
import { SluiceError } from "@sluice/core";
import type { Pace } from "./pace.ts";
import type { EpochBatches } from "./source.ts";
import type { Tally } from "../learner/totals.ts";
import type { TrainingRunner } from "./trainingRunner.ts";
import { turns } from "../host/turns.ts";

export interface Epoch {
  /** From 1, for errors. */
  readonly epoch: number;
  readonly batches: EpochBatches;
  readonly runner: TrainingRunner;
  readonly pace: Pace;
  /** Whether what is queued is to be the last. */
  isHalted(): boolean;
  /** Awaited before and after a step is enqueued, from 1. */
  readonly onStepBegin: ((step: number) => Promise<void>) | undefined;
  readonly onStepEnd: ((step: number) => Promise<void>) | undefined;
  /** Awaited after each wait with what is done. */
  onSettled(tally: Tally): void | Promise<void>;
}

/**
 * Goes on from where `runner.totals` stand. Undefined where it was halted. Throws NOT_FINITE; then the updates from the
 * first that is not finite on are left out and not counted, and the epoch has not begun.
 */
export async function trainEpoch({ epoch, batches, runner, pace, ...hooks }: Epoch): Promise<Tally | undefined> {
  const { onStepBegin, onStepEnd } = hooks;
  const { totals } = runner;
  const { steps } = batches;
  let settled = await totals.tally();
  const settle = async (step: number): Promise<void> => {
    settled = await totals.tally();
    if (settled.skipped > 0) throw notFinite(epoch, step, runner, settled.skipped);
    await hooks.onSettled(settled);
    pace.settled();
  };
  for (let step = settled.steps + 1; ; step++) {
    if (step > (steps ?? Infinity)) return settled;
    if (hooks.isHalted() && step === settled.steps + 1) return undefined;
    const next = batches.at(step);
    const batch = next instanceof Promise ? await next : next;
    if (batch === undefined) {
      if (settled.steps < step - 1) await settle(step - 1);
      return hooks.isHalted() ? undefined : settled; // the stream may not be over
    }
    if (onStepBegin !== undefined) await onStepBegin(step);
    runner.run(batch.data, batch.rows, batch.bucket);
    if (onStepEnd !== undefined) await onStepEnd(step);
    if (turns.isDue) await turns.pass();
    if (pace.due() || step === steps || hooks.isHalted()) await settle(step);
  }
}

/** Once one update is left out so are all after it, so the first is known however late this comes. */
function notFinite(epoch: number, last: number, runner: TrainingRunner, skipped: number): SluiceError {
  const first = last - skipped + 1;
  runner.forget(skipped);
  runner.totals.begin();
  return new SluiceError({
    code: "NOT_FINITE",
    who: "trainer.fit",
    what: `the loss or its gradient is not finite in epoch ${epoch}, step ${first}; that update and all after it were left out`,
    fix: "Lower the learning rate, clip with globalClipNorm, or scale the inputs; restoreBestWeights goes back to the best epoch",
    facts: { epoch, firstStep: first, lastStep: last, skipped },
  });
}
