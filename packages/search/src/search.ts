// Random search (Bergstra & Bengio 2012), with successive halving where budgets are given: which trials are run follows from the seed and their scores, never from the clock or the number of threads.
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { random, SluiceError } from "@sluice/core";
import { finite, oneOf, positive, refused, seed as anySeed, size, text, type Rule } from "@sluice/core/arguments";
import { callable, isRecord, optional, optionsOf, preset, required, type Table } from "@sluice/nn/kit";
import { Ledger, type Entry } from "./ledger.ts";
import { Pool } from "./pool.ts";
import { rungsOf, type Halving, type Rung } from "./rungs.ts";
import type { Dimension, Drawn } from "./space.ts";
import type { Trial, TrialResult } from "./trial.ts";

/** A dimension for each option. */
export type Space = Readonly<Record<string, Dimension<unknown>>>;

export interface SearchConfig<S extends Space = Space> {
  /** A module whose default export is the trial, run on threads (`new URL("./trial.js", import.meta.url)`); or the function itself, run here one after the other. */
  readonly trial: URL | Trial<Drawn<S>>;
  readonly space: S;
  /** How many options are drawn. */
  readonly trials: number;
  /** Which scores are better. Default "lower". */
  readonly better?: "lower" | "higher";
  /** Small budgets first, large ones for the best. Default none: each trial has a budget of 1. */
  readonly halving?: Halving;
  /** Where results go, and each trial's own folder; the same search goes on from there. */
  readonly folder: string;
  /** Default 0. */
  readonly seed?: number | string;
  /** Of a module; default as many as there are cores. */
  readonly threads?: number;
  /** Ends the search; what is done is kept. */
  readonly signal?: AbortSignal;
  /** Hears of each result, in the order in which they come. */
  onResult?(result: TrialResult<Drawn<S>>): void;
}

export interface Found<S extends Space = Space> {
  readonly best: TrialResult<Drawn<S>>;
  /** All, the best first: those with larger budgets before others, those that failed last of theirs. */
  readonly ranking: readonly TrialResult<Drawn<S>>[];
}

type Config = SearchConfig;
const anyTrial: Rule<Config["trial"]> = { expected: "the URL of a module, or a function", accepts: (value): value is Config["trial"] => value instanceof URL || callable.accepts(value) }; // prettier-ignore
const anySpace: Rule<Space> = {
  expected: "a record of dimensions by option, such as { units: choice([16, 32]) }",
  accepts: (value): value is Space => isRecord(value) && Object.keys(value).length > 0 && Object.values(value).every((one) => isRecord(one) && callable.accepts(one["draw"])),
}; // prettier-ignore
const anyHalving: Rule<Halving> = {
  expected: "{ minBudget, maxBudget, factor }, budgets above 0, the second not below the first, factor at least 2",
  accepts(value): value is Halving {
    if (!isRecord(value) || Object.keys(value).some((key) => !["minBudget", "maxBudget", "factor"].includes(key))) return false;
    const { minBudget, maxBudget, factor = 3 } = value;
    return positive.accepts(minBudget) && positive.accepts(maxBudget) && maxBudget >= minBudget && finite.accepts(factor) && factor >= 2;
  },
};
const anySignal: Rule<AbortSignal> = { expected: "an AbortSignal", accepts: (value): value is AbortSignal => value instanceof AbortSignal };

const searchTable = {
  trial: required(anyTrial),
  space: required(anySpace),
  trials: required(size),
  better: preset(oneOf("lower", "higher"), "lower"),
  halving: optional(anyHalving),
  folder: required(text),
  seed: preset(anySeed, 0),
  threads: optional(size),
  signal: optional(anySignal),
  onResult: optional(callable as Rule<NonNullable<Config["onResult"]>>),
} satisfies Table<Config>;

/**
 * Draws options, runs a trial for each, and ranks them by the scores that the trials return.
 *
 * The same space, seed and trials give the same options and seeds of trials, on any number of threads; a trial whose score follows from these alone is ranked alike each time. A trial that throws is
 * ranked last, with its error. Each result is on disk before the next is counted, so a search that was cut off and is called again runs what is left.
 *
 * Throws INVALID_ARGUMENT for options that make no sense and for a folder of another search; ABORTED where `signal` ended it; FILE_UNWRITABLE, FILE_CORRUPT.
 */
export async function search<const S extends Space>(config: SearchConfig<S>): Promise<Found<S>> {
  const options = optionsOf("search", searchTable, config as unknown as Config); // of whatever space
  const { space, trials, better, halving, seed } = options;
  if (options.folder === "") throw refused("search", "folder", "", "a path");
  const drawn = Array.from({ length: trials }, (_, trial) => drawnFor(space, seed, trial));
  const rungs = halving === undefined ? [{ budget: 1, trials }] : rungsOf(trials, halving);
  const ledger = await Ledger.open(options.folder, planOf(space, options, rungs));
  const pool = new Pool(options.trial, Math.min(trials, options.threads ?? availableParallelism()));
  const results: TrialResult<unknown>[] = [];
  let left = drawn.map((_, trial) => trial);
  for (const [at, rung] of rungs.entries()) {
    const done = await runRung({ ledger, pool, options, drawn, rung, trials: left });
    const sorted = done.toSorted((a, b) => byScore(a, b, better));
    const next = rungs[at + 1]?.trials ?? 0;
    results.unshift(...sorted.slice(next === 0 ? 0 : next)); // who goes on is ranked by the next
    left = sorted.slice(0, next).map(({ trial }) => trial).toSorted((a, b) => a - b); // prettier-ignore
  }
  const [best] = results;
  if (best === undefined || Number.isNaN(best.score)) throw allFailed(results);
  return { best, ranking: results } as unknown as Found<S>; // as `drawnFor` drew them
}

interface Drawing {
  readonly options: Readonly<Record<string, unknown>>;
  readonly seed: number;
}

/** Each option has a stream of its own: one more in the space changes no other. */
function drawnFor(space: Space, seed: number | string, trial: number): Drawing {
  const source = random(seed).child(`trial ${trial}`);
  const options = Object.fromEntries(Object.entries(space).map(([name, dimension]) => [name, dimension.draw(source.child(name))]));
  return { options, seed: source.child("").integers(1, 2 ** 31 - 1)[0] ?? 0 };
}

function planOf(space: Space, { seed, trials, better }: Pick<Config, "seed" | "trials" | "better">, rungs: readonly Rung[]): string {
  const dimensions = Object.fromEntries(Object.entries(space).map(([name, { description }]) => [name, description]));
  return JSON.stringify({ search: 1, seed, trials, better, rungs, space: dimensions });
}

interface Running {
  readonly ledger: Ledger;
  readonly pool: Pool;
  readonly options: { readonly [K in "folder" | "signal" | "onResult"]: Config[K] | undefined } & Pick<Config, "folder">;
  readonly drawn: readonly Drawing[];
  readonly rung: Rung;
  readonly trials: readonly number[];
}

/** In the order of the trials. Throws ABORTED. */
async function runRung({ ledger, pool, options, drawn, rung: { budget }, trials }: Running): Promise<readonly TrialResult<unknown>[]> {
  const { folder, signal, onResult } = options;
  const results = await pool.each(trials, signal, async (trial, run) => {
    const { options: own, seed } = drawn[trial] as Drawing; // one for each trial
    const told = ledger.done(trial, budget);
    if (told !== undefined) return resultOf(told, own, seed);
    const entry: Entry = { trial, budget, ...(await run(own, { seed, budget, folder: join(folder, `trial-${trial}`) })) };
    if (signal?.aborted) throw aborted(folder, signal);
    await ledger.add(entry);
    const result = resultOf(entry, own, seed);
    onResult?.(result as never); // as it was drawn
    return result;
  });
  if (signal?.aborted && Object.keys(results).length < trials.length) throw aborted(folder, signal);
  return results;
}

function resultOf({ trial, budget, score, details, error }: Entry, options: unknown, seed: number): TrialResult<unknown> {
  return {
    ...{ trial, options, seed, budget, score: Number(score), details },
    ...(error !== undefined && { error }),
  };
}

/** Of equals the one that was drawn first. */
function byScore(a: TrialResult<unknown>, b: TrialResult<unknown>, better: "lower" | "higher"): number {
  if (Number.isNaN(a.score) || Number.isNaN(b.score))
    return Number(Number.isNaN(a.score)) - Number(Number.isNaN(b.score)) || a.trial - b.trial;
  return (better === "lower" ? a.score - b.score : b.score - a.score) || a.trial - b.trial;
}

function aborted(folder: string, signal: AbortSignal): SluiceError {
  return new SluiceError({ code: "ABORTED", who: "search", what: "the signal ended it", fix: `The same call goes on from what is in ${folder}`, cause: signal.reason }); // prettier-ignore
}

function allFailed(results: readonly TrialResult<unknown>[]): SluiceError {
  const [first] = results;
  return new SluiceError({
    code: "INVALID_ARGUMENT",
    who: "search",
    what: `every trial failed, the first with: ${first?.error ?? "a score that is no number"}`,
    fix: "Run the trial by hand with the options of one",
    facts: { options: first?.options },
  });
}
