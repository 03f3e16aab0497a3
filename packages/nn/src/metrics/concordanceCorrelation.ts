// How nearly one is the other.
import { square } from "@sluice/core";
import { epsilon } from "../measures/epsilon.ts";
import { checkedMeasure, likeOutput, meanPerSample } from "../measures/measure.ts";
import type { Metric } from "./metric.ts";
import { centred } from "./pearsonCorrelation.ts";

/**
 * 2 cov(y, z) / (var y + var z + (ȳ − z̄)² + 10⁻⁷) of each row of target y and output z [batch, …, features], the mean of that over all rows that count (Lin 1989): −1 … 1.
 * As in Keras with its default axis.
 */
export const concordanceCorrelation: Metric<"concordanceCorrelation"> = checkedMeasure({
  name: "concordanceCorrelation",
  better: "higher",
  target: likeOutput,
  perSample(y, z) {
    const last = y.rank - 1;
    const [a, b] = [centred(y), centred(z)];
    const apart = square(y.mean(last).sub(z.mean(last)));
    return meanPerSample(a.mul(b).mean(last).mul(2).div(square(a).mean(last).add(square(b).mean(last)).add(apart).add(epsilon))); // prettier-ignore
  },
});
