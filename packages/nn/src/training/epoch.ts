// One pass over the training data.
import { SluiceError } from "@sluice/core";
import type { Pace } from "./pace.ts";
import { sentence, type NotFinite } from "./notFinite.ts";
import type { BatchOf, EpochBatches } from "./source.ts";
import type { Tally } from "../learner/totals.ts";
import type { TrainingRunner } from "./trainingRunner.ts";
import { turns } from "../host/turns.ts";

export interface Epoch {
  /** From 1, for errors. */
  readonly epoch: number;
  readonly batches: EpochBatches;
  readonly runner: TrainingRunner;
  readonly pace: Pace;
  /** Whether updates that are not finite are left out alone; otherwise the first one ends it. */
  readonly skips: boolean;
  /** Whether what is queued is to be the last. */
  isHalted(): boolean;
  /** Awaited before and after a step is enqueued, from 1. */
  readonly onStepBegin: ((step: number) => Promise<void>) | undefined;
  readonly onStepEnd: ((step: number) => Promise<void>) | undefined;
  /** Awaited after each wait with what is done. */
  onSettled(tally: Tally): void | Promise<void>;
  /** Where what is not finite in this batch comes from, if that is found. */
  locate(batch: BatchOf): Promise<NotFinite | undefined>;
}

/**
 * Goes on from where `runner.totals` stand. Undefined where it was halted. Throws NOT_FINITE, unless those are skipped; then the updates from the
 * first that is not finite on are left out and not counted, and the epoch has not begun.
 */
export async function trainEpoch({ epoch, batches, runner, pace, ...hooks }: Epoch): Promise<Tally | undefined> {
  const { onStepBegin, onStepEnd } = hooks;
  const { totals } = runner;
  const { steps } = batches;
  let settled = await totals.tally();
  const waiting: BatchOf[] = []; // those that are enqueued
  const settle = async (step: number): Promise<void> => {
    settled = await totals.tally();
    if (settled.skipped > 0 && !hooks.skips) throw await notFinite({ epoch, step, runner, skipped: settled.skipped }, waiting, hooks);
    waiting.length = 0;
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
    waiting.push(batch);
    if (onStepEnd !== undefined) await onStepEnd(step);
    if (turns.isDue) await turns.pass();
    if (pace.due() || step === steps || hooks.isHalted()) await settle(step);
  }
}

interface Failing {
  readonly epoch: number;
  /** The last that was enqueued. */
  readonly step: number;
  readonly runner: TrainingRunner;
  readonly skipped: number;
}

/** Once one update is left out so are all after it, so the first is known however late this comes, and weights and state are as they were before it. */
async function notFinite(
  { epoch, step: last, runner, skipped }: Failing,
  waiting: readonly BatchOf[],
  { locate }: Pick<Epoch, "locate">,
): Promise<SluiceError> {
  const first = last - skipped + 1;
  runner.forget(skipped);
  runner.totals.begin();
  const batch = waiting.at(-skipped);
  const located = batch && (await locate(batch));
  return new SluiceError({
    code: "NOT_FINITE",
    who: "trainer.fit",
    what: `the loss or its gradient is not finite in epoch ${epoch}, step ${first}${located === undefined ? "" : `: ${sentence(located)}`}; that update and all after it were left out`,
    fix: "Lower the learning rate, clip with globalClipNorm, or scale the inputs; restoreBestWeights goes back to the best epoch",
    facts: { epoch, firstStep: first, lastStep: last, skipped, ...(located !== undefined && { located }) },
  });
}
