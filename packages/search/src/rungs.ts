// Successive halving (Jamieson & Talwalkar 2016, algorithm 1): all trials get a small budget, the best 1/factor of them factor times as much, and so on.

export interface Halving {
  /** What each trial gets first. In what it is counted is the trial's to say: epochs, updates, samples. */
  readonly minBudget: number;
  /** What the last ones get at most. */
  readonly maxBudget: number;
  /** The best one in so many goes on, with so many times the budget. At least 2; default 3. */
  readonly factor?: number;
}

export interface Rung {
  readonly budget: number;
  readonly trials: number;
}

/** From the smallest budget up; the last has at least one trial. */
export function rungsOf(trials: number, { minBudget, maxBudget, factor = 3 }: Halving): readonly Rung[] {
  const rungs: Rung[] = [];
  for (let [count, budget] = [trials, minBudget]; count >= 1 && budget <= maxBudget; [count, budget] = [Math.floor(count / factor), budget * factor]) rungs.push({ budget, trials: count }); // prettier-ignore
  return rungs;
}
