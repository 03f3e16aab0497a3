// Training: epochs of updates over shuffled batches, each followed by validation.
import { random } from "@sluice/core";
import { checkSize } from "@sluice/core/arguments";
import { Best, validationName } from "./best.ts";
import type { Dataset } from "./dataset.ts";
import { stepsOf, trainEpoch } from "./epoch.ts";
import { evaluate } from "./evaluate.ts";
import type { Data, EpochLog, FitOptions, History } from "./options.ts";
import { Pace } from "./pace.ts";
import type { Session } from "./session.ts";
import type { TrainingRunner } from "./trainingRunner.ts";

const who = "trainer.fit";

/** See `Trainer.fit`. */
export function fit(session: Session, data: Data, options: FitOptions): Promise<History> {
  checkSize(who, "epochs", options.epochs);
  checkSize(who, "batchSize", options.batchSize ?? 32);
  const train = session.dataset(data, who);
  const validation = options.validationData && session.dataset(options.validationData, `${who} validationData`);
  const best = new Best(session.variables(who).params, session.metrics, options);
  const batch = Math.min(options.batchSize ?? 32, train.samples);
  return session.training.use(train.sample, batch, (runner) =>
    run({ session, options, train, validation, batch, best, runner, pace: new Pace() }),
  );
}

interface Fitting {
  readonly session: Session;
  readonly options: FitOptions;
  readonly train: Dataset;
  readonly validation: Dataset | undefined;
  readonly batch: number;
  readonly best: Best;
  readonly runner: TrainingRunner;
  readonly pace: Pace;
}

async function run(fitting: Fitting): Promise<History> {
  const { session, options, best, runner } = fitting;
  const variables = session.variables(who);
  const epochs: EpochLog[] = [];
  const began = performance.now();
  let ended: History["ended"] = "epochs";
  for (let epoch = 1; epoch <= options.epochs && ended === "epochs"; epoch++) {
    const log = await oneEpoch(fitting, epoch, began);
    if (log === undefined) ended = "signal";
    else {
      variables.epoch++;
      epochs.push(log);
      if (await best.consider(log)) ended = "patience";
      await options.onEpochEnd?.(log);
    }
  }
  best.restore();
  return { epochs, ended, executor: runner.executor, ...(best.log !== undefined && { best: best.log }) };
}

/** Undefined where the signal cut it short. */
async function oneEpoch(fitting: Fitting, epoch: number, began: number): Promise<EpochLog | undefined> {
  const { session, options, train: data, validation, batch, runner, pace } = fitting;
  const started = performance.now();
  const order = shuffled(session, options, data.samples);
  const onSettled = (step: number): void => report(fitting, { epoch, step, began, started });
  if (!(await trainEpoch({ epoch, data, batch, order, runner, pace, signal: options.signal, onSettled }))) return undefined;
  const examplesPerSecond = data.samples / secondsSince(started);
  const measures = runner.totals.means() as { loss: number }; // `trainingRunner` names it
  const validated = validation === undefined ? {} : await evaluate(session, validation, batch, `${who} validationData`);
  const renamed = Object.fromEntries(Object.entries(validated).map(([name, value]) => [validationName(name), value]));
  return { ...measures, ...renamed, epoch, examplesPerSecond };
}

interface Moment {
  readonly epoch: number;
  readonly step: number;
  /** When the training and when the epoch started, in ms. */
  readonly began: number;
  readonly started: number;
}

function report({ options: { epochs, onProgress }, train, batch, runner }: Fitting, { epoch, step, began, started }: Moment): void {
  if (onProgress === undefined) return;
  const { loss = Number.NaN, ...metrics } = runner.totals.means();
  const steps = stepsOf(train.samples, batch);
  const rate = Math.min(step * batch, train.samples) / secondsSince(started);
  const done = (epoch - 1 + step / steps) / epochs;
  onProgress({
    epoch,
    epochs,
    step,
    steps,
    loss,
    metrics,
    rate,
    etaSeconds: secondsSince(began) * (1 / done - 1),
    executor: runner.executor,
  });
}

function secondsSince(moment: number): number {
  return (performance.now() - moment) / 1000;
}

/** The order of the samples in the epoch that comes: by the seed and by how many the trainer has done, also before it was saved. */
function shuffled(session: Session, { shuffle = true, seed = session.seed }: FitOptions, samples: number): Int32Array | undefined {
  if (!shuffle) return undefined;
  const stream = random(seed).child(`shuffle ${session.variables(who).epoch}`);
  return stream.permutation(samples);
}
