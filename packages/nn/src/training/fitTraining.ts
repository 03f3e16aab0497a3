// A fit under way, as its callbacks see it and steer it.
import { SluiceError } from "@sluice/core";
import { check, nonNegative } from "@sluice/core/arguments";
import type { AnyTrainer, Training } from "../model/model.ts";
import type { EpochLog, Evaluation } from "../model/options.ts";
import type { Saved } from "../model/saved.ts";
import { directionOf } from "./best.ts";
import { restore } from "./restore.ts";
import type { Session } from "./session.ts";

const who = "trainer.fit";

export interface TrainingOptions extends Pick<Training, "epochs" | "batchSize" | "samples" | "validates" | "averaged"> {
  readonly trainer: AnyTrainer;
  readonly session: Session;
  /** Of the epochs that are over; the fit adds to them. */
  readonly logs: EpochLog[];
  means(): Promise<Record<string, number>>;
}

export class FitTraining implements Training {
  readonly trainer: AnyTrainer;
  readonly epochs: number;
  readonly batchSize: number;
  readonly samples?: number;
  readonly validates: boolean;
  readonly averaged: boolean;
  readonly #options: TrainingOptions;
  #isBeginning = true;
  #isStopped = false;

  constructor(options: TrainingOptions) {
    this.trainer = options.trainer;
    this.epochs = options.epochs;
    this.batchSize = options.batchSize;
    if (options.samples !== undefined) this.samples = options.samples;
    this.validates = options.validates;
    this.averaged = options.averaged;
    this.#options = options;
  }

  get batches(): number {
    return this.#options.session.variables(who).batches;
  }

  get logs(): readonly EpochLog[] {
    return this.#options.logs;
  }

  get learningRate(): number | undefined {
    const { session } = this.#options;
    const { updates, learningRateScale } = session.variables(who);
    const rate = session.optimizer(who).learningRate?.(updates);
    return rate === undefined ? undefined : rate * learningRateScale;
  }

  get learningRateScale(): number {
    return this.#options.session.variables(who).learningRateScale;
  }

  set learningRateScale(scale: number) {
    check(who, "learningRateScale", scale, nonNegative);
    this.#options.session.variables(who).learningRateScale = scale;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  stop(): void {
    this.#isStopped = true;
  }

  means(): Promise<Evaluation> {
    return this.#options.means() as Promise<Evaluation>; // `trainingRunner` names the loss
  }

  better(monitor: string): "lower" | "higher" {
    return directionOf(monitor, this.#options.session.reported, this.validates);
  }

  async restore(saved: Saved): Promise<void> {
    if (!this.#isBeginning) throw late();
    const { session, logs } = this.#options;
    await restore(session, saved, who);
    logs.splice(0, logs.length, ...((saved.training?.progress?.logs ?? []) as readonly EpochLog[])); // a fit's own wrote them
  }

  /** Nothing is restored from here on. */
  begun(): void {
    this.#isBeginning = false;
  }
}

function late(): SluiceError {
  const what = "restore was called after training had begun";
  return new SluiceError({ code: "INVALID_ARGUMENT", who, what, fix: "Call it in onTrainBegin" });
}
