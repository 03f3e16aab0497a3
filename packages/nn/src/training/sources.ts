// What a fit trains and validates on: arrays read at once, or streams of batches; and what of its options is about one of the two alone.
import { SluiceError } from "@sluice/core";
import { refused } from "@sluice/core/arguments";
import { inTurns, type Pieces } from "../host/turns.ts";
import type { FitOptions } from "../model/model.ts";
import type { Names } from "../model/names.ts";
import { bucketsOf } from "./batches.ts";
import { classesWeighed } from "./classWeights.ts";
import { ranked } from "./curriculum.ts";
import type { Dataset } from "./dataset.ts";
import { evaluate, type Evaluation } from "./evaluate.ts";
import { notePadding } from "./paddingNote.ts";
import { partOf } from "./part.ts";
import type { Session } from "./session.ts";
import { arraysSource, type Source } from "./source.ts";
import { checkData } from "./tables.ts";
import { streamSource, type AnyBatches } from "./streamSource.ts";

const who = "trainer.fit";
type Options = FitOptions<Names, Names>;

/** Arrays as they were when the call came, to be read, or a stream. */
export type TakenData = { readonly arrays: Pieces<Dataset> } | { readonly batches: AnyBatches };

export interface Taken {
  readonly train: TakenData;
  readonly validation?: TakenData;
}

export interface Sources {
  readonly source: Source;
  /** What is validated after an epoch comes to; undefined where the signal ended it. */
  readonly validation: (() => Promise<Record<string, number> | undefined>) | undefined;
  /** Of buckets by length. */
  readonly boundaries: readonly number[];
  /** The seed of the orders, or none. */
  readonly shuffle: number | false;
}

/** Undefined where the signal came before a stream's first batch. */
export async function sourcesOf(session: Session, { train, validation }: Taken, options: Options): Promise<Sources | undefined> {
  if (validation !== undefined && options.validationSplit !== undefined)
    throw refused(who, "validationSplit", options.validationSplit, "left out where there is validationData");
  const found =
    "arrays" in train
      ? await arraysIn(session, await session.read(train.arrays), options)
      : await streamIn(session, train.batches, options);
  if (found === undefined) return undefined;
  const { heldOut, ...rest } = found;
  const asked = { batch: rest.source.batch, signal: options.signal, averaged: options.averaged ?? false };
  return { ...rest, validation: await validating(session, heldOut ?? validation, asked) };
}

interface Found extends Omit<Sources, "validation"> {
  readonly heldOut?: Dataset;
}

async function arraysIn(session: Session, data: Dataset, options: Options): Promise<Found> {
  const { validationSplit, classWeight, stepsPerEpoch, batchSize = 32, shuffle = true, seed = session.seed, curriculum } = options;
  if (stepsPerEpoch !== undefined)
    throw refused(who, "stepsPerEpoch", stepsPerEpoch, "left out where data are arrays: an epoch is all of them");
  notePadding(who, session.model, data);
  const at = validationSplit === undefined ? data.samples : Math.floor(data.samples * (1 - validationSplit));
  if (at === 0 || (validationSplit !== undefined && at === data.samples)) throw unsplit(data.samples, validationSplit);
  const part = at === data.samples ? data : partOf(data, 0, at);
  const first = await inTurns(classesWeighed(part, classWeight, session.classes(part.sample)));
  const boundaries = boundariesOf(options, first);
  const buckets = boundaries.length === 0 ? undefined : bucketsOf(first, boundaries);
  if (curriculum !== undefined && !shuffle) throw refused(who, "curriculum", curriculum, "left out where shuffle is false");
  const course = curriculum && {
    ...(await ranked(first, curriculum, seed)),
    updatesBefore: (batches: number) => session.variables(who).updatesBefore(batches),
  };
  const order = { batch: Math.min(batchSize, at), buckets, shuffle: shuffle && seed, curriculum: course };
  return {
    source: arraysSource(first, order),
    boundaries,
    shuffle: order.shuffle,
    ...(at < data.samples && { heldOut: partOf(data, at, data.samples) }),
  };
}

async function streamIn(session: Session, batches: AnyBatches, options: Options): Promise<Found | undefined> {
  const { validationSplit, classWeight, stepsPerEpoch, batchSize, shuffle, signal, curriculum } = options;
  if (curriculum !== undefined)
    throw refused(who, "curriculum", curriculum, "left out where data come in a stream, which has an order of its own");
  if (validationSplit !== undefined)
    throw refused(who, "validationSplit", validationSplit, "left out where data come in a stream: give validationData");
  if (shuffle === true) throw refused(who, "shuffle", shuffle, "left out where data come in a stream, which has an order of its own");
  const isBalanced = classWeight === "balanced" || (typeof classWeight === "object" && Object.values(classWeight).includes("balanced"));
  if (isBalanced)
    throw refused(who, "classWeight", classWeight, "numbers where data come in a stream: how often a class is there nobody knows");
  const source = await streamSource(batches, session.epoch, {
    ...{ who, batchSize, stepsPerEpoch, signal },
    read: async (batch, whose) => {
      checkData(whose, batch);
      const read = await session.read(session.dataset(batch, whose));
      return inTurns(classesWeighed(read, classWeight, session.classes(read.sample)));
    },
    boundaries: (first) => boundariesOf(options, first),
  });
  return source && { source, boundaries: source.boundaries, shuffle: false };
}

/** What is validated is read once where it is arrays, and each time where it is a stream. */
async function validating(
  session: Session,
  given: Dataset | TakenData | undefined,
  { batch, signal, averaged }: { readonly batch: number; readonly signal: AbortSignal | undefined; readonly averaged: boolean },
): Promise<Sources["validation"]> {
  if (given === undefined) return undefined;
  const whose = `${who} validationData`;
  if ("batches" in given) return () => evaluateStream(session, given.batches, { who: whose, batchSize: batch, signal, averaged });
  const data = "arrays" in given ? await session.read(given.arrays) : given;
  const source = arraysSource(data, { batch: Math.min(batch, data.samples) });
  return () => evaluate(session, source, { signal, averaged, who: whose });
}

/** Undefined where the signal ended it. */
export async function evaluateStream(
  session: Session,
  batches: AnyBatches,
  { who: whose, batchSize, signal, averaged }: Evaluation & { readonly batchSize: number | undefined },
): Promise<Record<string, number> | undefined> {
  const read = (batch: Parameters<Session["dataset"]>[0], at: string): Promise<Dataset> => {
    checkData(at, batch);
    return session.read(session.dataset(batch, at));
  };
  const source = await streamSource(batches, 0, { who: whose, batchSize, signal, read });
  if (source === undefined) return undefined;
  try {
    return await evaluate(session, source, { signal, averaged, who: whose });
  } finally {
    await source.end();
  }
}

/** Ascending, those below all steps. Throws INVALID_ARGUMENT where there are no lengths, or they are not ascending. */
function boundariesOf({ bucketBoundaries: given = [] }: Options, { sample, lengths }: Dataset): readonly number[] {
  if (given.length === 0) return [];
  const isAscending = given.every((boundary, i) => boundary > (given[i - 1] ?? 0));
  if (!isAscending) throw refused(who, "bucketBoundaries", given, "whole numbers, each above the one before");
  const counted = Object.keys(lengths);
  if (counted.length === 0) throw refused(who, "bucketBoundaries", given, "left out where the data has no lengths");
  const steps = Math.max(...counted.map((name) => sample[name]?.shape[0] ?? 0));
  return given.filter((boundary) => boundary < steps);
}

function unsplit(samples: number, share: number | undefined): SluiceError {
  const what = `validationSplit ${share} of ${samples} samples leaves none to train on, or none to validate`;
  return new SluiceError({ code: "INVALID_ARGUMENT", who, what, fix: "Take another share, or more data" });
}
