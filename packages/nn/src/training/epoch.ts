// One pass over the training data.
import { SluiceError } from "@sluice/core";
import type { Batching } from "./batches.ts";
import type { Dataset } from "./dataset.ts";
import type { Pace } from "./pace.ts";
import type { Tally } from "../learner/totals.ts";
import type { TrainingRunner } from "./trainingRunner.ts";
import { turns } from "../host/turns.ts";

export interface Epoch {
  /** From 1, for errors. */
  readonly epoch: number;
  readonly data: Dataset;
  readonly batching: Batching;
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
export async function trainEpoch({ epoch, data, batching, runner, pace, ...hooks }: Epoch): Promise<Tally | undefined> {
  const { onStepBegin, onStepEnd, onSettled } = hooks;
  const { totals } = runner;
  const { steps } = batching;
  let settled = await totals.tally();
  for (let step = settled.steps + 1; step <= steps; step++) {
    if (hooks.isHalted() && step === settled.steps + 1) return undefined;
    if (onStepBegin !== undefined) await onStepBegin(step);
    const { rows, bucket } = batching.at(step);
    runner.run(data, rows, bucket);
    if (onStepEnd !== undefined) await onStepEnd(step);
    if (turns.isDue) await turns.pass();
    if (!pace.due() && step < steps && !hooks.isHalted()) continue;
    settled = await totals.tally();
    if (settled.skipped > 0) throw notFinite(epoch, step, runner, settled.skipped);
    await onSettled(settled);
    pace.settled();
  }
  return settled;
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
