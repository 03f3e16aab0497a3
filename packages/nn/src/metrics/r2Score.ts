// Regression: how much of what varies is explained.
import { concat, constant, square } from "@sluice/core";
import { oneOf } from "@sluice/core/arguments";
import { configurable, type Configurable } from "../measures/configurable.ts";
import { checkedMeasure, likeOutput, sumPerColumn } from "../measures/measure.ts";
import { preset, type Table } from "../options/table.ts";
import type { Metric } from "./metric.ts";
import { ratio } from "./share.ts";

export interface R2Config {
  /** Of several features: their mean, or that by how much each varies; default "uniformAverage". */
  readonly classAggregation?: "uniformAverage" | "varianceWeightedAverage";
}

export const r2Table = {
  classAggregation: preset(oneOf("uniformAverage", "varianceWeightedAverage"), "uniformAverage"),
} satisfies Table<R2Config>;

/**
 * 1 − Σ (y − z)² / Σ (y − ȳ)² of each feature, the last axis, over all else that counts, and the mean of that over features; 0 for one that does not vary.
 * Target y and output z have the same shape.
 *
 * As Keras's R2Score. Σ (y − ȳ)² is Σ y² − (Σ y)² / Σ 1, so in f32 targets far from 0 for how much they vary lose digits: subtract their mean first.
 */
export const r2Score: Configurable<Metric<"r2Score">, R2Config> = configurable(r2Table, ({ classAggregation }) =>
  checkedMeasure({
    name: "r2Score",
    better: "higher",
    target: likeOutput,
    perSample: (y, z) => concat([constant(1, y.shape, y.dtype), y, square(y), square(z.sub(y))].map(sumPerColumn), 1),
    sums: {
      count: (output) => 4 * (output.at(-1) ?? 1),
      result(sums) {
        const features = sums.length / 4;
        const each = Array.from({ length: features }, (_, f) => {
          const [count = 0, sum = 0, squares = 0, errors = 0] = [0, 1, 2, 3].map((part) => sums[part * features + f]);
          const varies = squares - ratio(sum * sum, count);
          return { varies, score: varies > 0 ? 1 - errors / varies : 0 };
        });
        const total = (of: (one: (typeof each)[number]) => number): number => each.reduce((all, one) => all + of(one), 0);
        if (classAggregation === "uniformAverage") return total(({ score }) => score) / features;
        return ratio(total(({ score, varies }) => score * varies), total(({ varies }) => varies)); // prettier-ignore
      },
    },
  }),
);
