// How far what is decided and what is true overlap, class by class.
import { argmax, oneHot, type Tensor } from "@sluice/core";
import { refused } from "@sluice/core/arguments";
import { labelCounts } from "../measures/ignoring.ts";
import { checkedMeasure, classLabels, probabilities } from "../measures/measure.ts";
import { countsByClass, countsIn } from "./decisions.ts";
import type { Metric } from "./metric.ts";
import { ratio } from "./share.ts";

/** The mean of right / (decided + true − right) over those of these classes, or of all, that are decided for or true at all; 0 where none is. */
export function overlapMetric<N extends string>(name: N, ignored: number | undefined, among: readonly number[] | undefined): Metric<N> {
  return checkedMeasure<Metric<N>>({
    name,
    better: "higher",
    target: (output, _, beside) => (beside?.dtype === "float" ? probabilities(output) : classLabels(name, ignored)(output)),
    perSample(y, z) {
      const classes = z.shape.at(-1) ?? 1;
      const lacking = among?.find((id) => id >= classes);
      if (lacking !== undefined) throw refused(name, "targetClassIds", among, `classes of 0 … ${classes - 1}`);
      const label = y.dtype === "i32" ? y : argmax(y);
      const counts = labelCounts(label, ignored, z.dtype)?.expand(-1);
      const counted = (each: Tensor): Tensor => {
        const hot = oneHot(each, classes, z.dtype);
        return counts === undefined ? hot : hot.mul(counts);
      };
      return countsByClass(counted(label), counted(argmax(z)));
    },
    sums: {
      count: (output) => 3 * (output.at(-1) ?? 1),
      result(sums) {
        const classes = countsIn(sums).filter((_, c) => among === undefined || among.includes(c));
        const present = classes.filter(({ decided, actual }) => decided + actual > 0);
        return ratio(present.reduce((sum, { right, decided, actual }) => sum + right / (decided + actual - right), 0), present.length); // prettier-ignore
      },
    },
  });
}
