// How many threads run a Program: all, until its runs say that fewer are faster, as they are where another process has a core. Results are the same for any number.

/** A run that is over. */
export interface Ended {
  /** How many threads it had. */
  readonly threads: number;
  readonly us: number;
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
/** Between two trials the runs take so many times what a trial costs: little at first, to be quick where a core is taken, twice as much after each that did not pay. */
const prices = { first: 2, last: 16 };
/** And there are so many of them. */
const leastRuns = 8;
/** Another number of threads must save a 20th, or it is noise. */
const worthwhile = 0.95;
/** A run in which somebody slept is late where it took so much longer than the best of late. */
const late = 1.25;
/** By which the best is forgotten from run to run. */
const fading = 1.001;
/** What a run counts that gives no reason to try but that a number has never been tried. */
const idly = 1 / 8;

/**
 * Dynamic concurrency throttling for at most so many threads. A thread whose core is taken makes the others wait, and sleep, at barriers; so do
 * Programs that cannot be split evenly, and only the clock tells which. Hence trials of other numbers, one after the other: one less, half, one thread.
 * While all run, each is tried once, when that costs little, and again only for runs that are late. Once fewer run, more are tried at the same
 * price, so that a core which is free again is soon in use.
 */
export function createThrottle(most: number): Throttle {
  const sizes = [...new Set([most, most - 1, Math.ceil(most / 2), 1])].filter((size) => size > 0);
  /** Microseconds of a run by the number of threads, as far as known. */
  const times = new Map<number, number>();
  let current = most;
  let candidate = most;
  let trial: { readonly size: number; posted: number; ended: number; slowest: number } | undefined;
  let price = prices.first;
  let best = Infinity; // microseconds of a run by all threads
  let spent = 0; // microseconds of runs since the last trial, as far as they give reason for another
  let runs = 0; // of those

  const mean = (): number => times.get(current)!;
  /** What a trial of the candidate costs: where it has not been tried, threads are taken to be worth as much as they can be. */
  const cost = (): number => {
    const expected = times.get(candidate) ?? mean() * Math.max(1, current / candidate);
    return trialRuns * Math.max(0, Math.min(expected, 4 * most * mean()) - mean());
  };
  const turn = (): void => {
    const others = sizes.filter((size) => size !== current);
    candidate = others[(others.indexOf(candidate) + 1) % others.length]!;
  };
  const conclude = ({ size, slowest }: { readonly size: number; readonly slowest: number }): void => {
    times.set(size, slowest);
    const pays = slowest < worthwhile * mean();
    if (pays) current = size;
    price = pays && current === most ? prices.first : pays ? prices.last : Math.min(2 * price, prices.last);
    trial = undefined;
    spent = runs = 0;
    turn();
  };
  turn();
  /** How much a run by the current number counts as a reason to try another. */
  const reason = ({ us, sleeps }: Ended): number => {
    if (current < most) return 1;
    best = Math.min(us, best * fading);
    if (sleeps > 0 && us > late * best) return 1;
    return times.has(candidate) ? 0 : idly;
  };

  return {
    next() {
      if (trial === undefined || trial.posted === trialRuns) return current;
      trial.posted++;
      return trial.size;
    },
    ended(run) {
      const { threads, us } = run;
      if (trial?.size === threads) {
        if (trial.ended++ > 0) trial.slowest = Math.max(trial.slowest, us);
        if (trial.ended === trialRuns) conclude(trial);
      } else if (threads === current) {
        times.set(current, times.has(current) ? mean() + (us - mean()) / 8 : us);
        const weight = sizes.length === 1 || trial !== undefined ? 0 : reason(run);
        if (weight === 0) return;
        spent += weight * us;
        if (++runs >= leastRuns && spent >= price * cost()) trial = { size: candidate, posted: 0, ended: 0, slowest: 0 };
      }
    },
  };
}
