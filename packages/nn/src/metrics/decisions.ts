// What is decided and what is true, counted: of yes or no, or of each class.
import { concat, greaterEqual, oneHot, stack, type Shape, type Tensor } from "@sluice/core";
import { oneOf, rate } from "@sluice/core/arguments";
import { checkedMeasure, classLabels, likeOutput, probabilities, sumPerColumn, sumPerSample, type Target } from "../measures/measure.ts";
import { optional, type Filled, type Table } from "../options/table.ts";
import type { Metric, Sums } from "./metric.ts";
import { ratio } from "./share.ts";
import { above } from "./threshold.ts";

export interface DecisionConfig {
  /** Probability above which it is a yes, 0 … 1; default 0.5 for yes or no, and for classes none: the largest is it. */
  readonly threshold?: number;
  /** Of classes: the mean over them, the counts of all together, or the mean by how often each is true; left out each output is a yes or no of its own. */
  readonly average?: "macro" | "micro" | "weighted";
}

export const decisionTable = {
  threshold: optional(rate),
  average: optional(oneOf("macro", "micro", "weighted")),
} satisfies Table<DecisionConfig>;

/** Of the outputs that are decided to be it, and of those that truly are. */
export interface Counts {
  readonly right: number;
  readonly decided: number;
  readonly actual: number;
}

/** A metric of these counts. */
export function decisionMetric<N extends string>(name: N, { threshold, average }: Filled<typeof decisionTable>, score: (counts: Counts) => number): Metric<N> {
  const byClass = average !== undefined;
  return checkedMeasure<Metric<N>>({
    name,
    better: "higher",
    ...((!byClass || threshold !== undefined) && { includes: "sigmoid" }),
    target: byClass ? classTargets(name) : likeOutput,
    perSample(y, z) {
      const decided = byClass && threshold === undefined ? greaterEqual(z, z.max(z.rank - 1, { keepDims: true })) : above(z, threshold ?? 0.5);
      return byClass ? countsByClass(truth(y, z), decided) : counts(y.greater(0.5), decided);
    },
    sums: byClass ? classSums(average, score) : { count: () => 3, result: ([right = 0, decided = 0, actual = 0]) => score({ right, decided, actual }) },
  });
} // prettier-ignore

/** Like the output, or labels where the loss beside it reads them. */
export function classTargets(who: string): (output: Shape, rows?: Shape, beside?: Target) => Target {
  return (output, _, beside) => (beside?.dtype === "i32" ? classLabels(who)(output) : probabilities(output));
}

/** One-hot, of labels too. */
export function truth(y: Tensor, z: Tensor): Tensor {
  return y.dtype === "i32" ? oneHot(y, z.shape.at(-1) ?? 1, z.dtype) : y;
}

/** [batch, 3] */
function counts(y: Tensor, decided: Tensor): Tensor {
  return stack([decided.mul(y), decided, y].map(sumPerSample), 1);
}

/** [batch, 3 · classes]: those of right ones, then of those decided, then of true ones. */
export function countsByClass(y: Tensor, decided: Tensor): Tensor {
  return concat([decided.mul(y), decided, y].map(sumPerColumn), 1);
}

function classSums(average: NonNullable<DecisionConfig["average"]>, score: (counts: Counts) => number): Sums {
  return {
    count: (output) => 3 * (output.at(-1) ?? 1),
    result(sums) {
      const classes = countsIn(sums);
      const total = (of: (counts: Counts) => number): number => classes.reduce((sum, one) => sum + of(one), 0);
      if (average === "micro")
        return score({
          right: total(({ right }) => right),
          decided: total(({ decided }) => decided),
          actual: total(({ actual }) => actual),
        });
      if (average === "macro") return total(score) / classes.length;
      return ratio(total((one) => score(one) * one.actual), total(({ actual }) => actual)); // prettier-ignore
    },
  };
}

/** Of each class. */
export function countsIn(sums: Float64Array): readonly Counts[] {
  const classes = sums.length / 3;
  return Array.from({ length: classes }, (_, c) => ({
    right: sums[c] ?? 0,
    decided: sums[classes + c] ?? 0,
    actual: sums[2 * classes + c] ?? 0,
  }));
}
