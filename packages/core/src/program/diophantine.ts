// Which numbers a sum of bounded multiples reaches: the arithmetic under every question about views. It knows no views.
import { gcd } from "../shape.ts";

/** `step · x` for every whole x from 0 to below `count`. */
export interface Term {
  readonly step: number;
  readonly count: number;
}

/**
 * Is there one x per term, each in its range, with Σ step·x = target? Exact.
 *
 * Terms that form one longer run are joined first (rows of a dense view, a stride that divides the next), which leaves one to three for
 * real layouts. What is left is searched from the largest step down; at each level only the x that the smaller terms can still
 * complete are tried, and only where their greatest common divisor allows it.
 */
export function hasSolution(terms: readonly Term[], target: number): boolean {
  if (terms.some(({ count }) => count <= 0)) return false;
  // x → count − 1 − x turns a negative step around.
  const lifted = terms.reduce((sum, { step, count }) => sum - Math.min(0, step) * (count - 1), target);
  const joined = join(terms);
  let most = 0;
  let divisor = 0;
  const levels = joined.map(({ step, count }) => {
    most += step * (count - 1);
    divisor = gcd(step, divisor);
    return { step, count, most, divisor };
  });
  return search(levels, levels.length - 1, lifted);
}

interface Level extends Term {
  /** The largest sum of this and all smaller terms. */
  readonly most: number;
  /** What divides every sum of this and all smaller terms. */
  readonly divisor: number;
}

function search(levels: readonly Level[], at: number, target: number): boolean {
  if (at < 0) return target === 0;
  const { step, count, most, divisor } = levels[at]!;
  if (target < 0 || target > most || target % divisor !== 0) return false;
  const below = at === 0 ? 0 : levels[at - 1]!.most;
  const least = Math.max(0, Math.ceil((target - below) / step));
  for (let x = Math.min(count - 1, Math.floor(target / step)); x >= least; x--) if (search(levels, at - 1, target - x * step)) return true;
  return false;
}

/** Positive steps in ascending order; a step that is a multiple of an earlier one, and not past its run, prolongs that run. */
function join(terms: readonly Term[]): Term[] {
  const runs: { step: number; count: number }[] = [];
  const ascending = terms.map(({ step, count }) => ({ step: Math.abs(step), count })).filter(({ step, count }) => step > 0 && count > 1);
  for (const { step, count } of ascending.sort((x, y) => x.step - y.step)) {
    const run = runs.find((r) => step % r.step === 0 && step / r.step <= r.count);
    if (run === undefined) runs.push({ step, count });
    else run.count += (step / run.step) * (count - 1);
  }
  return runs;
}
