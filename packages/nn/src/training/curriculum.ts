// A curriculum (Bengio et al. 2009; by competence: Platanios et al. 2019): at first batches are drawn from the easiest samples, then from ever more of them, and from
// the epoch on that begins with all, each epoch has every sample once.
import { random, SluiceError } from "@sluice/core";
import { check, oneOf, rate, refused, type Rule } from "@sluice/core/arguments";
import { hostNumbers, type Numbers } from "../host/hostNumbers.ts";
import { inTurns } from "../host/turns.ts";
import type { Curriculum } from "../model/options.ts";
import { callable, either } from "../options/rules.ts";
import { optionsOf, required, type Table } from "../options/table.ts";
import type { Schedule, Scheduled } from "../schedules/schedule.ts";
import type { Batching, Buckets } from "./batches.ts";
import type { Dataset } from "./dataset.ts";
import { permutation } from "./order.ts";

const who = "trainer.fit curriculum";
const anyScores: Rule<Numbers> = {
  expected: "numbers [samples]",
  accepts: (value): value is Numbers => typeof value === "object" && value !== null, // read below
};

export const curriculumTable = {
  score: required(either<"length", Numbers>(oneOf("length"), anyScores)),
  competence: required(either<number, Schedule>(rate, callable as Rule<Schedule>)), // what it gives is checked when it gives it
} satisfies Table<Curriculum>;

/** Samples in the order of what they ask of a model, and how many of them it may see. */
export interface Ranked {
  /** The easiest first; of equals in an order by the seed. */
  readonly order: Int32Array;
  /** Share of them after so many updates. */
  competenceAt(updates: number): number;
}

/** Throws INVALID_ARGUMENT for scores that are not one number for each sample, and for "length" where data have no lengths. */
export async function ranked(data: Dataset, asked: Curriculum, seed: number): Promise<Ranked> {
  const { score, competence } = optionsOf(who, curriculumTable, asked);
  const { samples } = data;
  const scores = score === "length" ? lengthsOf(data) : scoresOf(score, samples);
  const order = await inTurns(permutation(random(seed).child("curriculum"), samples));
  return {
    order: order.toSorted((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0)), // which keeps the order of equals
    competenceAt(updates) {
      const share: Scheduled = typeof competence === "number" ? competence : competence(updates);
      check(who, `competence at step ${updates}`, share, rate);
      return share;
    },
  };
}

/** The longest of each sample. */
function lengthsOf({ samples, lengths }: Dataset): ArrayLike<number> {
  const columns = Object.values(lengths);
  if (columns.length === 0) throw refused(who, "score", "length", "a number for each sample, where the data has no lengths");
  return Array.from({ length: samples }, (_, i) => columns.reduce((most, { data }) => Math.max(most, data[i] ?? 0), 0));
}

/** Of all samples, or of those that come before what is held out. */
function scoresOf(given: Numbers, samples: number): ArrayLike<number> {
  const { shape, data: numbers } = hostNumbers(given, who, "score"),
    data = Float64Array.from(numbers);
  if (shape.length !== 1 || data.length < samples) throw refused(who, "score", given, `[samples], one number for each of ${samples}`);
  const wrong = data.findIndex((value) => !Number.isFinite(value));
  if (wrong < 0) return data;
  throw new SluiceError({ code: "NOT_FINITE", who, what: `score has ${data[wrong]} at sample ${wrong}`, facts: { sample: wrong } });
}

export interface Drawing {
  readonly batch: number;
  readonly buckets: Buckets | undefined;
  /** The seed of what is drawn. */
  readonly seed: number;
  /** Of the epoch, over all of a trainer's. */
  readonly epoch: number;
  /** Updates done when a batch is asked for. */
  updates(): number;
}

/** The batches of an epoch that begins with less than all: each without a sample twice, by the seed, the epoch and the step alone, in the bucket that holds its longest. */
export function drawn({ order, competenceAt }: Ranked, { batch, buckets, seed, epoch, updates }: Drawing): Batching {
  const samples = order.length;
  const stream = random(seed).child(`curriculum ${epoch}`);
  return {
    steps: Math.ceil(samples / batch),
    at(step) {
      const seen = Math.max(batch, Math.floor(competenceAt(updates()) * samples));
      const rows = Int32Array.from(someOf(seen, stream.child(`${step}`).uniform(batch)), (rank) => order[rank] ?? 0);
      const bucket = buckets === undefined ? 0 : rows.reduce((most, row) => Math.max(most, buckets.of[row] ?? 0), 0);
      return { rows: { order: rows, from: 0, count: batch }, bucket };
    },
    examples: (steps) => steps * batch,
  };
}

/** As many of 0 … n − 1 as there are numbers in [0, 1), none twice, each as likely as any (Floyd: Bentley & Floyd 1987). */
function someOf(n: number, units: Float64Array): ReadonlySet<number> {
  const found = new Set<number>();
  units.forEach((unit, i) => {
    const last = n - units.length + i,
      one = Math.floor(unit * (last + 1));
    found.add(found.has(one) ? last : one);
  });
  return found;
}
