// How many threads run a Program: all, until its runs say that fewer are faster, as they are where another process has a core. Results are the same for any number.

/** A run that is over. */
export interface Ended {
  /** How many threads it had. */
  readonly threads: number;
  readonly tookUs: number;
  /** How often a thread gave up looking for the others and slept, over all barriers. */
  readonly sleeps: number;
}

export interface Throttle {
  /** How many threads the next run is to have. */
  next(): number;
  /** Hears of runs, in order; of those that were posted already when it decided, too. */
  ended(run: Ended): void;
}

/** Runs of a trial. The first is not counted: its shares are cold in the caches of those who take them over. */
const trialRuns = 3;
/**
 * Between two trials, runs must have taken costFactor times the estimated cost of a trial. The factor starts at 2, to be quick where a core is taken,
 * doubles after each trial that did not pay up to 16, and is 16 at once after a change to fewer threads than all.
 */
const costFactors = { first: 2, last: 16 };
/** And there must be so many of them. */
const minRuns = 8;
/** Another number of threads must take no more of the time than this, or it is noise. */
const maxTimeRatio = 0.95;
/** A run in which somebody slept is late where it took so much longer than the best of late. */
const lateRatio = 1.25;
/** The best is forgotten by this factor from run to run. */
const forgettingFactor = 1.001;
/** The weight of a run that gives no reason for a trial but that a number of threads has never been tried. */
const untriedWeight = 1 / 8;

/**
 * Dynamic concurrency throttling for at most so many threads. A thread whose core is taken makes the others wait, and sleep, at barriers; so do
 * Programs that cannot be split evenly, and only the clock tells which. Hence trials of other numbers, one after the other: one less, half, one thread.
 * While all run, each is tried once, when that costs little, and once more only for runs that are late. Once fewer run, more are tried at the same
 * cost factor, so that a core which is free again is soon in use.
 */
export function createThrottle(maxThreads: number): Throttle {
  const sizes = [...new Set([maxThreads, maxThreads - 1, Math.ceil(maxThreads / 2), 1])].filter((size) => size > 0);
  /** Microseconds of a run by the number of threads, as far as known. */
  const usByThreads = new Map<number, number>();
  let current = maxThreads;
  let candidate = after(maxThreads, sizes, current);
  let trial: { readonly size: number; posted: number; ended: number; slowestUs: number } | undefined;
  let costFactor = costFactors.first;
  let bestUs = Infinity; // of a run by all threads
  let spentUs = 0; // of runs since the last trial, as far as they give reason for another
  let runs = 0; // of those

  const meanUs = (): number => usByThreads.get(current)!;
  /** What a trial of the candidate costs: where it has not been tried, threads are taken to be worth as much as they can be. */
  const costUs = (): number => {
    const expected = usByThreads.get(candidate) ?? meanUs() * Math.max(1, current / candidate);
    return trialRuns * Math.max(0, Math.min(expected, 4 * maxThreads * meanUs()) - meanUs());
  };
  const conclude = ({ size, slowestUs }: { readonly size: number; readonly slowestUs: number }): void => {
    usByThreads.set(size, slowestUs);
    const pays = slowestUs < maxTimeRatio * meanUs();
    if (pays) current = size;
    costFactor = pays && current === maxThreads ? costFactors.first : pays ? costFactors.last : Math.min(2 * costFactor, costFactors.last);
    trial = undefined;
    spentUs = runs = 0;
    candidate = after(candidate, sizes, current);
  };
  /** How much a run by the current number counts as a reason to try another. */
  const reason = ({ tookUs, sleeps }: Ended): number => {
    if (current < maxThreads) return 1;
    bestUs = Math.min(tookUs, bestUs * forgettingFactor);
    if (sleeps > 0 && tookUs > lateRatio * bestUs) return 1;
    return usByThreads.has(candidate) ? 0 : untriedWeight;
  };

  return {
    next() {
      if (trial === undefined || trial.posted === trialRuns) return current;
      trial.posted++;
      return trial.size;
    },
    ended(run) {
      const { threads, tookUs } = run;
      if (trial?.size === threads) {
        if (trial.ended++ > 0) trial.slowestUs = Math.max(trial.slowestUs, tookUs);
        if (trial.ended === trialRuns) conclude(trial);
      } else if (threads === current) {
        usByThreads.set(current, usByThreads.has(current) ? meanUs() + (tookUs - meanUs()) / 8 : tookUs);
        const weight = sizes.length === 1 || trial !== undefined ? 0 : reason(run);
        if (weight === 0) return;
        spentUs += weight * tookUs;
        if (++runs >= minRuns && spentUs >= costFactor * costUs()) trial = { size: candidate, posted: 0, ended: 0, slowestUs: 0 };
      }
    },
  };
}

/** The one in turn after `size`, leaving out the `current`. */
function after(size: number, sizes: readonly number[], current: number): number {
  const others = sizes.filter((other) => other !== current);
  return others[(others.indexOf(size) + 1) % others.length] ?? current;
}
