import { expect, test } from "vitest";
import { addingProblem, errorOfTheMean } from "./addingProblem.ts";

test("two numbers are marked, one in each half, and y is their sum", () => {
  for (const steps of [2, 5, 12]) {
    const { x, y } = addingProblem({ samples: 50, steps, seed: 1 });
    x.forEach((sequence, i) => {
      const marked = sequence.flatMap(([, isMarked], t) => (isMarked === 1 ? [t] : []));
      expect(sequence).toHaveLength(steps);
      expect(marked).toHaveLength(2);
      expect(marked[0]).toBeLessThan(Math.floor(steps / 2));
      expect(marked[1]).toBeGreaterThanOrEqual(Math.floor(steps / 2));
      expect(y[i]).toBeCloseTo(sequence[marked[0]!]![0] + sequence[marked[1]!]![0], 12);
      for (const [value] of sequence) expect(value >= 0 && value < 1).toBe(true);
    });
  }
});

test("the same seed gives the same sequences, another one others", () => {
  const draw = (seed: number) => addingProblem({ samples: 3, steps: 4, seed });
  expect(draw(1)).toEqual(draw(1));
  expect(draw(2)).not.toEqual(draw(1));
});

test("who always says 1 is off by the variance of the sums", () => {
  const { y } = addingProblem({ samples: 20000, steps: 4, seed: 3 });
  const mean = y.reduce((sum, v) => sum + (v - 1) ** 2, 0) / y.length;
  expect(mean).toBeCloseTo(errorOfTheMean, 2);
});
