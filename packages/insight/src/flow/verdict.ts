// What norms over time say: a line through their logarithms, and whether what is left of it at the other end is too little or too much.
import type { RunName } from "../runs/recurrentRuns.ts";
import { adviceFor, type FlowName } from "./advice.ts";

export interface Verdict {
  /** "none" where no gradient reaches the layer at all. */
  readonly name: FlowName;
  /** Of log‖∂L/∂h‖ per step back in time, by least squares over the steps whose norm is above 0. */
  readonly slope: number;
  /** e^slope: what a step back multiplies the norm by. */
  readonly perStep: number;
  /** What the whole sequence multiplies it by, by the same line; 0 where the first steps get none at all. Null where the norms are not finite. */
  readonly factor: number | null;
  /** In words, with the numbers. */
  readonly because: string;
  /** What helps, in words; empty where all is well. */
  readonly advice: readonly string[];
}

/**
 * `norms` in the order in which the layer runs, null where no row counts.
 *
 * The gradient of a weight is a sum over steps, so what counts is how the first steps compare with the last: it vanishes where the line leaves less than
 * `threshold` of the norm at the first step that counts, and explodes where it makes it more than 1/threshold times as large.
 */
export function verdictOf(norms: readonly (number | null)[], threshold: number, run: Pick<RunName, "kind" | "cell">): Verdict {
  const counted = norms.flatMap((norm, step) => (norm === null ? [] : [{ step, norm }]));
  const positive = counted.filter(({ norm }) => norm > 0 && Number.isFinite(norm));
  const [first] = counted,
    [reached] = positive;
  const isBroken = counted.some(({ norm }) => !Number.isFinite(norm));
  const back = -slopeOf(positive.map(({ step, norm }) => [step, Math.log(norm)]));
  if (isBroken) return told("exploding", back, null, "the gradient is not finite at some steps", run);
  if (first === undefined || reached === undefined) return told("none", 0, 0, "no step gets any gradient", run);
  const span = (counted.at(-1)?.step ?? 0) - first.step;
  const lost = reached.step - first.step;
  if (lost > 0) return told("vanishing", back, 0, `the first ${lost} of ${span + 1} steps get no gradient at all`, run);
  const factor = Math.exp(back * span);
  const because = `a step back multiplies ‖∂L/∂h‖ by ${figure(Math.exp(back))}, ${span} of them by ${figure(factor)}`;
  const name = factor < threshold ? "vanishing" : factor > 1 / threshold ? "exploding" : "healthy";
  return told(name, back, Number.isFinite(factor) ? factor : null, because, run);
}

function told(name: FlowName, slope: number, factor: number | null, because: string, run: Pick<RunName, "kind" | "cell">): Verdict {
  return { name, slope, perStep: Math.exp(slope), factor, because, advice: adviceFor(name, run) };
}

/** Least squares; 0 for less than two points. */
export function slopeOf(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (axis: 0 | 1): number => points.reduce((sum, point) => sum + point[axis], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const spread = points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
  return spread > 0 ? points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0) / spread : 0;
}

function figure(x: number): string {
  return x !== 0 && (Math.abs(x) < 1e-3 || Math.abs(x) >= 1e4) ? x.toExponential(1) : x.toPrecision(3);
}
