// The adding problem (Hochreiter & Schmidhuber 1997): remember two numbers of a sequence, long enough to add them.
import { random } from "@sluice/core";

export interface Sequences {
  /** [samples, steps, 2]: a number of 0 … 1, and 1 where it is one of the two, otherwise 0. */
  readonly x: readonly (readonly (readonly [value: number, isMarked: number])[])[];
  /** [samples]: the sum of the two. */
  readonly y: readonly number[];
}

/** One marked number in each half of the steps, of which there are at least 2. The same seed gives the same sequences. */
export function addingProblem({
  samples,
  steps,
  seed,
}: {
  readonly samples: number;
  readonly steps: number;
  readonly seed: number | string;
}): Sequences {
  const source = random(seed),
    half = Math.floor(steps / 2);
  const sequences = Array.from({ length: samples }, (_, i) => {
    const [first, second, ...values] = source.child(i).uniform(steps + 2);
    const marked = [Math.floor(first! * half), half + Math.floor(second! * (steps - half))];
    return values.map((value, t) => [value, marked.includes(t) ? 1 : 0] as const);
  });
  return { x: sequences, y: sequences.map((sequence) => sequence.reduce((sum, [value, isMarked]) => sum + value * isMarked, 0)) };
}

/** Mean squared error of who always says 1, the mean: the variance of a sum of two uniform numbers, 1/12 each. */
export const errorOfTheMean = 1 / 6;
