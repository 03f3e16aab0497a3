// Where the batches of an epoch come from: arrays that hold all samples, in an order for each epoch, or a stream of batches.
import { random } from "@sluice/core";
import { inTurns } from "../host/turns.ts";
import { byBuckets, inOrder, type Buckets } from "./batches.ts";
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
  /** The batches of an epoch, from 0, counted over all of a trainer's. */
  epoch(number: number): Promise<EpochBatches>;
  /** Lets go of what is not asked for any more. */
  end(): Promise<void>;
}

export interface Order {
  readonly batch: number;
  readonly buckets?: Buckets | undefined;
  /** The seed of the orders; default none. */
  readonly shuffle?: number | false;
}

/** The order of an epoch follows from the seed and the epoch's number. */
export function arraysSource(data: Dataset, { batch, buckets, shuffle = false }: Order): Source {
  const { samples } = data;
  return {
    ...{ first: data, batch, samples },
    async epoch(number) {
      const order = shuffle === false ? undefined : await inTurns(permutation(random(shuffle).child(`shuffle ${number}`), samples));
      const { steps, at, examples } = buckets === undefined ? inOrder(samples, batch, order) : byBuckets(buckets, batch, order);
      return { steps, at: (step) => (step > steps ? undefined : { data, ...at(step) }), examples };
    },
    end: async () => {},
  };
}
