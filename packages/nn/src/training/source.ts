// Where the batches of an epoch come from: arrays that hold all samples, in an order for each epoch, or a stream of batches.
import { random } from "@sluice/core";
import { inTurns } from "../host/turns.ts";
import { byBuckets, inOrder, type Batching, type Buckets } from "./batches.ts";
import { drawn, type Ranked } from "./curriculum.ts";
import type { Dataset } from "./dataset.ts";
import type { Rows } from "./feed.ts";
import { permutation } from "./order.ts";

/** Rows that are one batch, and the bucket that they are of. */
export interface BatchOf {
  readonly data: Dataset;
  readonly rows: Rows;
  readonly bucket: number;
}

/** The batches of an epoch, in order. */
export interface EpochBatches {
  /** Undefined where the stream alone knows; then `likely` is what the epoch before had. */
  readonly steps: number | undefined;
  readonly likely?: number | undefined;
  /** The batch of a step, from 1, each asked for once and in order; undefined once the epoch is over. */
  at(step: number): BatchOf | undefined | Promise<BatchOf | undefined>;
  /** Samples in so many steps of those that were asked for. */
  examples(steps: number): number;
}

export interface Source {
  /** What Programs take is told by these samples: all of them, or the first batch. */
  readonly first: Dataset;
  readonly batch: number;
  /** Undefined where they come in a stream. */
  readonly samples: number | undefined;
  /** The batches of an epoch, from 0, counted over all of a trainer's, of which so many are done. */
  epoch(number: number, done?: number): Promise<EpochBatches>;
  /** Lets go of what is not asked for any more. */
  end(): Promise<void>;
}

export interface Order {
  readonly batch: number;
  readonly buckets?: Buckets | undefined;
  /** The seed of the orders; default none. */
  readonly shuffle?: number | false;
  /** Where the easiest samples come first; default none. */
  readonly curriculum?: Course | undefined;
}

/** A curriculum, and what tells how far it is. */
export interface Course extends Ranked {
  /** Updates that so many batches come to, of those that the trainer has done. */
  updatesBefore(batches: number): number;
}

/** The order of an epoch follows from the seed and the epoch's number. */
export function arraysSource(data: Dataset, { batch, buckets, shuffle = false, curriculum }: Order): Source {
  const { samples } = data;
  const batching = async (number: number, done: number): Promise<Batching> => {
    if (curriculum !== undefined && shuffle !== false && curriculum.competenceAt(curriculum.updatesBefore(done)) < 1)
      return drawn(curriculum, { batch, buckets, seed: shuffle, epoch: number, updates: () => curriculum.updatesBefore(0) });
    const order = shuffle === false ? undefined : await inTurns(permutation(random(shuffle).child(`shuffle ${number}`), samples));
    return buckets === undefined ? inOrder(samples, batch, order) : byBuckets(buckets, batch, order);
  };
  return {
    ...{ first: data, batch, samples },
    async epoch(number, done = 0) {
      const { steps, at, examples } = await batching(number, done);
      return { steps, at: (step) => (step > steps ? undefined : { data, ...at(step) }), examples };
    },
    end: async () => {},
  };
}
