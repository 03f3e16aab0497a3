// Batches from an iterable, which may have more than memory holds: one is asked for when the one before is enqueued, and none is kept.
import { SluiceError } from "@sluice/core";
import { refused } from "@sluice/core/arguments";
import type { Batches, Data } from "../model/options.ts";
import type { Names } from "../model/names.ts";
import { bucketsOf } from "./batches.ts";
import type { Dataset } from "./dataset.ts";
import { measuredKeyOf, takenBy } from "./setting.ts";
import type { BatchOf, Source } from "./source.ts";

type AnyData = Data<Names, Names>;
export type AnyBatches = Batches<Names, Names>;

export interface StreamOptions {
  readonly who: string;
  /** Checks a batch, as data are. */
  read(batch: AnyData, who: string): Promise<Dataset>;
  /** Default that of the first batch. */
  readonly batchSize: number | undefined;
  /** So many batches are an epoch; default as many as come. */
  readonly stepsPerEpoch?: number | undefined;
  /** Of buckets by length, for samples like the first. Throws as `boundariesOf`. */
  boundaries?(first: Dataset): readonly number[];
  readonly signal: AbortSignal | undefined;
}

export interface StreamSource extends Source {
  readonly boundaries: readonly number[];
}

/** Asks for the first batch of the epoch `number`. Undefined where `signal` came before it. Throws EMPTY_DATA where there is none, INVALID_ARGUMENT for what gives no batches. */
export async function streamSource(given: AnyBatches, number: number, options: StreamOptions): Promise<StreamSource | undefined> {
  const { who, signal } = options;
  let pulled: Pulled | undefined = new Pulled(given, number, options);
  const first = await pulled.peek();
  if (first === undefined) {
    if (signal?.aborted) return undefined;
    throw new SluiceError({ code: "EMPTY_DATA", who, what: "the stream has no batches", fix: "Give a function that makes one, or an iterable that is not used up" }); // prettier-ignore
  }
  const batch = options.batchSize ?? first.samples;
  const boundaries = options.boundaries?.(first) ?? [];
  const key = keyOf(first);
  let [likely, began]: [number | undefined, number] = [undefined, number];
  return {
    ...{ first, batch, samples: undefined, boundaries },
    async epoch(which) {
      if (pulled === undefined || (began !== which && !pulled.goesOn)) {
        await pulled?.end();
        pulled = new Pulled(given, which, options);
      }
      began = which;
      const current = pulled;
      const { pieces } = current;
      const counts: number[] = []; // samples of each step
      return {
        ...{ steps: options.stepsPerEpoch, likely },
        async at(step) {
          if (current.goesOn) while (counts.length < step - 1) counts.push(0);
          for (;;) {
            const piece = pieces.shift();
            if (piece !== undefined) {
              counts.push(piece.rows.count);
              if (counts.length === step) return piece; // those before were done before this fit
              continue;
            }
            const data = await current.next();
            if (data === undefined) return end(step);
            if (keyOf(data) !== key) throw unlike(who, current.count, data, first);
            pieces.push(...piecesOf(data, batch, boundaries));
          }
        },
        examples: (count) => counts.slice(0, count).reduce((sum, each) => sum + each, 0),
      };

      async function end(step: number): Promise<undefined> {
        if (signal?.aborted) return undefined;
        if (step === 1) throw usedUp(who);
        likely = step - 1;
        pulled = undefined;
        await current.end();
      }
    },
    end: async () => pulled?.end(),
  };
}

/** One pass over the iterable. */
class Pulled {
  readonly #given: AnyBatches;
  readonly #options: StreamOptions;
  readonly #number: number;
  #iterator: Iterator<AnyData> | AsyncIterator<AnyData> | undefined;
  #peeked: Dataset | undefined;
  #isOver = false;
  /** Whether it was asked for a batch that has not come. */
  #isAwaited = false;
  /** Batches asked for. */
  count = 0;
  /** Of those, what was not trained on yet. */
  readonly pieces: BatchOf[] = [];

  /** Whether the iterable is its own iterator, so that a further pass begins where this one ends. */
  get goesOn(): boolean {
    return this.#iterator === (this.#given as unknown);
  }

  constructor(given: AnyBatches, number: number, options: StreamOptions) {
    this.#given = given;
    this.#number = number;
    this.#options = options;
  }

  /** The next batch, which stays the next. */
  async peek(): Promise<Dataset | undefined> {
    return (this.#peeked ??= await this.#pull());
  }

  /** Undefined where there are no more, or the signal came first. */
  async next(): Promise<Dataset | undefined> {
    const next = await this.peek();
    this.#peeked = undefined;
    return next;
  }

  /** Tells the iterable that no more is wanted; one that is its own iterator goes on in the next pass. */
  async end(): Promise<void> {
    const iterator = this.#iterator;
    if (this.#isOver || iterator === undefined || this.goesOn) return;
    this.#isOver = true;
    const closed = iterator.return?.();
    if (!this.#isAwaited) await closed;
    else if (closed instanceof Promise) closed.catch(() => {}); // it comes to that once it has given what it was asked for, which may be never
  }

  async #pull(): Promise<Dataset | undefined> {
    if (this.#isOver) return undefined;
    const { who, signal, read } = this.#options;
    if (this.#iterator === undefined) {
      const made = await unlessAborted(iteratorOf(this.#given, this.#number, who), signal);
      if (made === undefined) return undefined;
      this.#iterator = made;
    }
    this.#isAwaited = true;
    const result = await unlessAborted(this.#iterator.next(), signal);
    if (result === undefined) return undefined;
    this.#isAwaited = false;
    if (result.done === true) {
      this.#isOver = true;
      return undefined;
    }
    this.count++;
    return read(result.value, `${who}, batch ${this.count}`);
  }
}

async function iteratorOf(given: AnyBatches, number: number, who: string): Promise<Iterator<AnyData> | AsyncIterator<AnyData>> {
  const made: unknown = typeof given === "function" ? await given(number + 1) : given;
  const iterable = made as Partial<Iterable<AnyData> & AsyncIterable<AnyData>> | undefined | null; // which is checked here
  const iterator: Iterator<AnyData> | AsyncIterator<AnyData> | undefined =
    iterable?.[Symbol.asyncIterator]?.() ?? iterable?.[Symbol.iterator]?.();
  if (typeof (iterator as Partial<Iterator<AnyData>> | null | undefined)?.next !== "function" || iterator === undefined)
    throw refused(who, "the data", made, "batches { x, y }: an iterable, or a function that makes one for an epoch");
  return iterator;
}

/** What comes first; undefined for the signal. */
async function unlessAborted<T>(next: T | Promise<T>, signal: AbortSignal | undefined): Promise<T | undefined> {
  if (signal?.aborted) return undefined;
  if (signal === undefined) return next;
  let aborted = (): void => {};
  const abort = new Promise<undefined>((resolve) => {
    aborted = () => resolve(undefined);
    signal.addEventListener("abort", aborted);
  });
  try {
    return await Promise.race([next, abort]);
  } finally {
    signal.removeEventListener("abort", aborted);
  }
}

/** A batch that is larger than others is several. Each is in the bucket of its longest sample. */
function piecesOf(data: Dataset, batch: number, boundaries: readonly number[]): readonly BatchOf[] {
  const { of } = bucketsOf(data, boundaries);
  return Array.from({ length: Math.ceil(data.samples / batch) }, (_, i) => {
    const rows = { order: undefined, from: i * batch, count: Math.min(batch, data.samples - i * batch) };
    return { data, rows, bucket: Math.max(...of.subarray(rows.from, rows.from + rows.count)) };
  });
}

function keyOf(data: Dataset): string {
  return measuredKeyOf({ ...takenBy(data), batch: 0 });
}

function unlike(who: string, count: number, data: Dataset, first: Dataset): SluiceError {
  const shapes = ({ sample, rows, lengths }: Dataset): string =>
    [
      ...Object.entries(sample).map(([name, { shape }]) => `${name} [${shape.join(", ")}]`),
      ...Object.entries(rows).map(([name, shape]) => `${name} [${shape.join(", ")}]`),
      ...Object.keys(lengths).map((name) => `lengths of ${name}`),
    ].join(", ");
  const what = `samples of batch ${count} are ${shapes(data)}, those of the first were ${shapes(first)}`;
  const fix =
    "Pad all batches to one shape, with lengths and bucketBoundaries where they are of unlike lengths; give weights with all or none";
  return new SluiceError({ code: "SHAPE_MISMATCH", who, what, fix, facts: { batch: count } });
}

function usedUp(who: string): SluiceError {
  const fix = "Give a function that makes one for each epoch, or stepsPerEpoch of one that goes on";
  return new SluiceError({ code: "EMPTY_DATA", who, what: "the stream has no batches for a further epoch: it was used up", fix });
}
