// A metric in a loop of one's own: the sums of a batch, and what is made of them.
import { constant, SluiceError, stack, Tensor } from "@sluice/core";
import { check, optional, show } from "@sluice/core/arguments";
import { perSample } from "../measures/perSample.ts";
import { tensor, type Measure } from "../measures/measure.ts";
import type { Metric } from "../metrics/metric.ts";

/** Sums of a batch, to be added to those of others. */
export interface Summed {
  /** [count] */
  readonly sums: Tensor;
  /** Of the sums of all batches, in float64. */
  readonly result: (sums: Float64Array) => number;
}

/**
 * A metric, or the mean of a loss, of a batch, for the `measures` of what `learn` is given: over all batches it is what it would be of one of them all.
 * target [batch, …], output [batch, …] as the metric reads them (of a sigmoid or softmax what lies in front), weight [batch], default 1 each, also where the loss has a weight.
 * Throws INVALID_ARGUMENT for what is no metric or no tensor, and what tracing the metric throws.
 *
 * ```ts
 * loss: (w, { x, y }) => ({ loss: …, measures: { f1: summed(f1Score, y, scores) } })
 * ```
 */
export function summed(metric: Measure | Metric, target: Tensor, output: Tensor, weight?: Tensor): Summed {
  const who = "summed";
  const given: unknown = metric;
  if (!isMetric(given)) throw new SluiceError({ code: "INVALID_ARGUMENT", who, what: `metric must be a metric, got ${show(given)}` });
  check(who, "target", target, tensor);
  check(who, "output", output, tensor);
  check(who, "weight", weight, optional(tensor));
  const each = perSample(given, target, output);
  const sums = "sums" in given ? given.sums : undefined;
  if (sums !== undefined) return { sums: weighed(each, weight).sum(0), result: (all) => sums.result(all) };
  const pairs = stack([each, constant(1, each.shape, each.dtype)], 1); // of a mean, what it is made of
  return { sums: weighed(pairs, weight).sum(0), result: ([sum = 0, count = 0]) => sum / count };
}

function weighed(each: Tensor, weight: Tensor | undefined): Tensor {
  return weight === undefined ? each : each.mul(weight.expand(1));
}

function isMetric(value: unknown): value is Measure | Metric {
  return (
    ((typeof value === "object" && value !== null) || typeof value === "function") &&
    "perSample" in value &&
    typeof value.perSample === "function"
  );
}

export function isSummed(value: unknown): value is Summed {
  return (
    typeof value === "object" &&
    value !== null &&
    !(value instanceof Tensor) &&
    "sums" in value &&
    "result" in value &&
    value.sums instanceof Tensor
  );
}
