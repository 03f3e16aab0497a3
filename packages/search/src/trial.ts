// What a trial is told and what it tells; what is known of one afterwards.

/** Told to a trial beside its options. */
export interface TrialContext {
  /** Of its weights and shuffles: from the search's seed and the trial's number. */
  readonly seed: number;
  /** How much it may do; the budgets that a search names, or 1. */
  readonly budget: number;
  /** A folder of its own, the same for all budgets: checkpoints there let it go on from what it did for a smaller one, and from where it was cut off. */
  readonly folder: string;
  /** Ends it: what it returns is not counted then. */
  readonly signal: AbortSignal;
}

/** The number that says how good the options are; or that with more to keep, as JSON holds it. */
export type Outcome = number | { readonly score: number; readonly [key: string]: unknown };

/** What a trial's module exports as default. */
export type Trial<O> = (options: O, context: TrialContext) => Outcome | Promise<Outcome>;

export interface TrialResult<O> {
  /** From 0, in the order in which they were drawn. */
  readonly trial: number;
  readonly options: O;
  readonly seed: number;
  /** The largest that it was given. */
  readonly budget: number;
  /** By that budget; NaN where it failed. */
  readonly score: number;
  /** All else that it returned. */
  readonly details: Readonly<Record<string, unknown>>;
  /** What it threw. */
  readonly error?: string;
}
