// What is told of one threshold: shares of what is decided there, and of what is true.
import type { Point } from "./curve.ts";
import { ratio } from "./share.ts";

const recall = ({ truePositives, positives }: Point): number => ratio(truePositives, positives);

export const rates = {
  sensitivity: recall,
  specificity: ({ falsePositives, negatives }) => ratio(negatives - falsePositives, negatives),
  precision: ({ truePositives, falsePositives }) => ratio(truePositives, truePositives + falsePositives),
  recall,
} as const satisfies Record<string, (point: Point) => number>;

export type Rate = keyof typeof rates;
