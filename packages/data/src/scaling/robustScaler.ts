// By what outliers do not move.
import { given } from "../arguments/given.ts";
import { ascendingPair } from "../arguments/rules.ts";
import { columnwise, fitRules, type FitOptions, type Unfitted } from "./fit.ts";
import { quantile } from "./statistics.ts";

export interface RobustScalerOptions extends FitOptions {
  /** Between which percentiles a column is spread. Default [25, 75], the interquartile range. */
  readonly quantileRange?: readonly [number, number];
}

/**
 * z = (x − median) / (q₇₅ − q₂₅) for each column, quantiles in a line between order statistics (scikit-learn's RobustScaler; Hyndman & Fan 1996, type 7).
 * Where both quantiles are the same the scale is 1.
 */
export function robustScaler(options: RobustScalerOptions = {}): Unfitted {
  const who = "robustScaler",
    { quantileRange: [low, high] = [25, 75], ...rest } = given(who, options, { ...fitRules, quantileRange: ascendingPair(0, 100) });
  return columnwise(who, rest, (values) => {
    const ascending = values.toSorted();
    return { center: quantile(ascending, 0.5), scale: quantile(ascending, high / 100) - quantile(ascending, low / 100) };
  });
}
