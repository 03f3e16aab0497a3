// Training: epochs of updates over shuffled batches, each followed by validation.
import type { Names } from "../model/names.ts";
import { SluiceError } from "@sluice/core";
import type { SavedPosition } from "../model/saved.ts";
import { Best, validationName } from "./best.ts";
import { Callbacks } from "./callbacks.ts";
import { trainEpoch } from "./epoch.ts";
import { nothing } from "./evaluate.ts";
import { FitTraining } from "./fitTraining.ts";
import type { AnyTrainer, Callback, FitOptions } from "../model/model.ts";
import type { EpochLog, History, Progress } from "../model/options.ts";
import { Pace } from "./pace.ts";
import { samplingOf } from "./samplingPlan.ts";
import { packed, unpacked } from "./savedState.ts";
import type { Session, Standing } from "./session.ts";
import { takenBy } from "./setting.ts";
import type { EpochBatches, Source } from "./source.ts";
import { terminalProgress } from "./terminal.ts";
import { sourcesOf, type Sources, type Taken } from "./sources.ts";
import { skippedAt, type Tally } from "../learner/totals.ts";
import type { TrainingRunner } from "./trainingRunner.ts";
import { inTurns } from "../host/turns.ts";

const who = "trainer.fit";

/** See `Trainer.fit`. */
export async function fit(trainer: AnyTrainer, session: Session, taken: Taken, options: FitOptions<Names, Names>): Promise<History> {
  const found = await sourcesOf(session, taken, options);
  if (found === undefined) return aborted(session);
  const { source, validation, boundaries, shuffle } = found;
  try {
    const { first, batch, samples } = source;
    session.variables(who).flatOf(who, options.averaged ?? false); // which throws where there is none
    const best = new Best(session.variables(who), session.reported, options);
    const isStateful = Object.keys(session.build(first.sample).carried).length > 0;
    if (isStateful && (shuffle !== false || options.bucketBoundaries !== undefined)) throw shuffledState();
    const { sampling, teacherForcing } = samplingOf(session, first, options.scheduledSampling);
    return await session.training.use({ ...takenBy(first), batch, boundaries, sampling, skipsUnsound: skips(options) }, (runner) => {
      runner.teacherForcing = teacherForcing;
      const logs: EpochLog[] = [];
      const training = new FitTraining({
        ...{ trainer, session, logs, batchSize: batch, epochs: options.epochs },
        ...(samples !== undefined && { samples }),
        ...{ validates: validation !== undefined, averaged: options.averaged ?? false },
        means: async () => runner.totals.means(await runner.totals.tally()),
      });
      const callbacks = new Callbacks({ ...options, callbacks: withProgress(options) }, training);
      const rest = { session, options, source, validation, boundaries, shuffle, best, runner, pace: new Pace() };
      return run({ ...rest, epochs: logs, training, callbacks, leftOut: { batches: 0 } });
    });
  } finally {
    await source.end();
  }
}

/** First what shows how training is doing, where that is to be shown. */
function withProgress({ callbacks = [], onProgress, verbose = "auto" }: FitOptions<Names, Names>): readonly Callback[] {
  const isWatched = onProgress !== undefined || callbacks.some((callback) => callback.onProgress !== undefined);
  const shown = verbose === "auto" && isWatched ? undefined : terminalProgress(verbose);
  return shown === undefined ? callbacks : [shown, ...callbacks];
}

/** Where the signal came before the first batch. */
function aborted(session: Session): History {
  session.history = { epochs: [], ended: "signal", executor: "none" };
  return session.history;
}

interface Fitting {
  readonly session: Session;
  readonly options: FitOptions<Names, Names>;
  readonly source: Source;
  /** Evaluates after an epoch; absent where nothing is validated. */
  readonly validation: Sources["validation"];
  readonly boundaries: readonly number[];
  /** The seed of the orders, or none. */
  readonly shuffle: number | false;
  readonly best: Best;
  readonly runner: TrainingRunner;
  readonly pace: Pace;
  readonly training: FitTraining;
  readonly callbacks: Callbacks;
  /** Of those that are over. */
  readonly epochs: EpochLog[];
  /** How many were not finite, of the epochs that are over. */
  readonly leftOut: { batches: number };
}

async function run(fitting: Fitting): Promise<History> {
  await begin(fitting);
  const history = await concluded(fitting);
  await fitting.callbacks.trainEnd(history);
  return history;
}

async function concluded(fitting: Fitting): Promise<History> {
  try {
    const steps = await resume(fitting);
    return await conclude(fitting, await train(fitting, { steps, at: performance.now(), epochs: fitting.epochs.length }));
  } catch (error) {
    const history = await conclude(fitting, "error").catch(() => undefined); // the first error is the one to hear of
    if (history !== undefined) await fitting.callbacks.trainEnd(history).catch(() => {}); // likewise
    throw error;
  }
}

/** Lets callbacks begin. Where one throws, nothing has: what an earlier fit left is still there. */
async function begin({ callbacks, training, runner }: Fitting): Promise<void> {
  try {
    await callbacks.trainBegin();
    training.begun();
  } catch (error) {
    await callbacks.trainEnd({ epochs: [], ended: "error", executor: runner.executor }).catch(() => {}); // likewise
    throw error;
  }
}

/** From where a fit was cut short, as far as this one is about the same. The steps of the epoch that are done. */
async function resume(fitting: Fitting): Promise<number> {
  const { session, runner, best, source, boundaries, shuffle, epochs, callbacks } = fitting;
  const { position, best: soFar, callbacks: states = {} } = session.kept ?? {};
  const fits =
    position !== undefined &&
    position.samples === source.samples &&
    position.batchSize === source.batch &&
    position.shuffle === shuffle &&
    (position.buckets ?? []).join() === boundaries.join();
  runner.totals.begin(fits ? (skips(fitting.options) ? position : unskipped(position)) : undefined);
  runner.carried.begin(fits ? position.carried : undefined);
  const packing = { layout: session.variables(who).layout, dtype: session.dtype };
  if (soFar !== undefined) best.resume(await inTurns(unpacked(packing, soFar, epochs.length)));
  session.live = () => standing(fitting);
  await callbacks.resume(states);
  return fits ? position.steps : 0;
}

async function train(fitting: Fitting, start: Start): Promise<History["ended"]> {
  const { session, options, best, runner, epochs, training, callbacks } = fitting;
  const halted = (): History["ended"] => (training.isStopped ? "stop" : "signal");
  while (epochs.length < options.epochs && !best.isOver) {
    if (training.isStopped) return halted();
    const log = await oneEpoch(fitting, epochs.length + 1, start);
    if (log === undefined) return halted();
    const weights = await best.copy(log);
    best.take(log, weights); // from here on the epoch is over, all at once
    epochs.push(log);
    fitting.leftOut.batches += (await runner.totals.tally()).skipped;
    session.epoch++;
    runner.totals.begin();
    runner.carried.begin(); // what is read begins anew
    await callbacks.epochEnd(log);
  }
  return best.isOver ? "patience" : "epochs";
}

/** However it ended: tells what there is, counts only updates that took place, and goes back to the best weights, a start of their own. */
async function conclude(fitting: Fitting, ended: History["ended"]): Promise<History> {
  const { session, best, runner, epochs, options, leftOut } = fitting;
  session.history = {
    ...{ epochs, ended, executor: runner.executor },
    ...(best.log !== undefined && { best: best.log }),
    ...(skips(options) && { skipped: leftOut.batches }),
  };
  session.kept = undefined;
  try {
    const isRestored = best.restore();
    if (ended === "epochs" || ended === "patience") return session.history;
    const { skipped, progress } = await standing(fitting);
    runner.forget(skipped);
    if (!isRestored) session.kept = progress;
    return session.history;
  } finally {
    session.live = undefined; // in the same turn as `forget`: a checkpoint leaves the skipped out once
  }
}

/** What it takes to go on from here, as of this call. */
async function standing({ session, options, best, runner, source, boundaries, shuffle, epochs, callbacks }: Fitting): Promise<Standing> {
  const [logs, states] = [epochs.slice(), callbacks.states()];
  const soFar = packed({ layout: session.variables(who).layout, dtype: session.dtype }, best.soFar, epochs.length);
  const [{ steps, skipped: unsound, full, partial }, carried] = await Promise.all([runner.totals.tally(), runner.carried.read()]);
  const skipped = skips(options) ? 0 : unsound; // those that are left out alone count as gone through
  const { names } = runner.totals;
  const sums = { names, full: Array.from(full), partial: Array.from(partial) };
  const position: SavedPosition = {
    steps,
    batchSize: source.batch,
    shuffle,
    sums,
    ...(source.samples !== undefined && { samples: source.samples }),
    ...(boundaries.length > 0 && { buckets: boundaries }),
    ...(Object.keys(carried).length > 0 && { carried }),
  };
  return {
    skipped,
    progress: {
      ...(steps > 0 && skipped === 0 && { position }),
      best: soFar,
      ...(logs.length > 0 && { logs }),
      ...(Object.keys(states).length > 0 && { callbacks: states }),
    },
  };
}

/** Undefined where it was cut short. */
async function oneEpoch(fitting: Fitting, epoch: number, start: Start): Promise<EpochLog | undefined> {
  const { session, options, source, validation, runner, pace, training, callbacks } = fitting;
  const { signal } = options;
  const started = performance.now();
  const { steps: before } = await runner.totals.tally();
  const batches = await source.epoch(session.epoch, before);
  const steps = batches.steps ?? batches.likely;
  const moment = { epoch, epochs: options.epochs, ...(steps !== undefined && { steps }) };
  if (before === 0) await callbacks.epochBegin(moment);
  const tally = await trainEpoch({
    ...{ epoch, batches, runner, pace, skips: skips(options) },
    isHalted: () => training.isStopped || signal?.aborted === true,
    onStepBegin: callbacks.hears.batchBegins ? (step) => callbacks.batchBegin({ ...moment, step }) : undefined,
    onStepEnd: callbacks.hears.batchEnds ? (step) => callbacks.batchEnd({ ...moment, step }) : undefined,
    onSettled: (tally) => report(fitting, tally, { epoch, batches, before, start, started }),
    locate: async ({ data, rows }) => {
      const { locate } = await import("./locate.ts");
      return locate({ session, data, rows, batch: source.batch, ...runner.carried.state, limit: workToLocate }).catch(() => undefined); // the error to hear of is another
    },
  });
  if (tally === undefined) return undefined;
  if (runner.totals.isEmpty(tally)) throw tally.skipped > 0 ? allLeftOut(epoch, tally.skipped) : nothing(who);
  const examplesPerSecond = (batches.examples(tally.steps) - batches.examples(before)) / secondsSince(started);
  const measures = runner.totals.means(tally) as { loss: number }; // `trainingRunner` names it
  const validated = validation === undefined ? {} : await validation();
  if (validated === undefined) return undefined;
  const renamed = Object.fromEntries(Object.entries(validated).map(([name, value]) => [validationName(name), value]));
  return { ...measures, ...renamed, epoch, examplesPerSecond };
}

/** Products and values that are computed again, one by one, to tell where something is not finite: some seconds at most. `locateNotFinite` has no such bound. */
const workToLocate = 5e8;

function skips({ onNotFinite = "throw" }: FitOptions<Names, Names>): boolean {
  return onNotFinite === "skip";
}

/** Where a fit that left out some goes on as one that does not. */
function unskipped({ sums, ...position }: SavedPosition): SavedPosition {
  return { ...position, sums: { ...sums, partial: sums.partial.map((sum, i) => (i === skippedAt ? 0 : sum)) } };
}

function allLeftOut(epoch: number, skipped: number): SluiceError {
  return new SluiceError({
    code: "NOT_FINITE",
    who,
    what: `the loss or its gradient is not finite in any of the ${skipped} batches of epoch ${epoch}`,
    fix: "Look with locateNotFinite, lower the learning rate, or scale the inputs",
    facts: { epoch, skipped },
  });
}

/** When this fit began, in ms, and the steps of its first epoch that were done before. */
interface Start {
  readonly at: number;
  readonly steps: number;
  /** Epochs that were done before, by the fit that this one goes on from. */
  readonly epochs: number;
}

interface Moment {
  readonly epoch: number;
  readonly batches: EpochBatches;
  /** Steps of the epoch that were done before this fit. */
  readonly before: number;
  readonly start: Start;
  /** When the epoch started, in ms. */
  readonly started: number;
}

async function report(fitting: Fitting, tally: Tally, { epoch, batches, before, start, started }: Moment): Promise<void> {
  const { options, runner, callbacks } = fitting;
  const { epochs } = options;
  if (!callbacks.hears.progress) return;
  const { loss = Number.NaN, ...metrics } = runner.totals.means(tally);
  const { examples, steps = batches.likely } = batches;
  const rate = (examples(tally.steps) - examples(before)) / secondsSince(started);
  await callbacks.progress({
    epoch,
    epochs,
    step: tally.steps,
    loss,
    metrics,
    rate,
    ...(steps !== undefined && { steps, etaSeconds: secondsLeft(start, { epoch, epochs, step: tally.steps, steps }) }),
    executor: runner.executor,
  });
}

/** At the pace so far. */
function secondsLeft(
  start: Start,
  { epoch, epochs, step, steps }: Pick<Progress, "epoch" | "epochs" | "step"> & { readonly steps: number },
): number {
  const done = (epoch - 1) * steps + step;
  const already = start.epochs * steps + start.steps;
  return (secondsSince(start.at) / (done - already)) * Math.max(0, epochs * steps - done);
}

function shuffledState(): SluiceError {
  return new SluiceError({
    code: "INVALID_ARGUMENT",
    who,
    what: "a stateful layer goes on from the batch before, and shuffle puts other samples there",
    fix: "Fit with { shuffle: false } and without buckets; row i of a batch is what follows row i of the one before",
  });
}

function secondsSince(moment: number): number {
  return (performance.now() - moment) / 1000;
}
