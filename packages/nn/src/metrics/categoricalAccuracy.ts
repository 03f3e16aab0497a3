// How often the likeliest class is the target's.
import { argmax, cast } from "@sluice/core";
import { checkedMeasure, meanPerSample, probabilities } from "../measures/measure.ts";
import type { Metric } from "./metric.ts";

/** The share of rows [batch, …, classes] whose largest output stands where the target's largest value does. */
export const categoricalAccuracy: Metric<"categoricalAccuracy"> = checkedMeasure({
  name: "categoricalAccuracy",
  better: "higher",
  target: probabilities,
  perSample: (y, z) => meanPerSample(cast(argmax(z).equal(argmax(y)), z.dtype)),
});
