// From the least to the greatest.
import { given } from "../arguments/given.ts";
import { ascendingPair } from "../arguments/rules.ts";
import { columnwise, fitRules, type FitOptions, type Unfitted } from "./fit.ts";

export interface MinMaxScalerOptions extends FitOptions {
  /** Where the least and the greatest come to. Default [0, 1]. */
  readonly range?: readonly [number, number];
}

/**
 * z = a + (x − min) · (b − a) / (max − min) for each column, [a, b] the `range` (scikit-learn's MinMaxScaler). What is beyond what was fitted goes beyond
 * the range. A column of one value becomes a.
 */
export function minMaxScaler(options: MinMaxScalerOptions = {}): Unfitted {
  const who = "minMaxScaler",
    { range: [a, b] = [0, 1], ...rest } = given(who, options, { ...fitRules, range: ascendingPair(-Infinity, Infinity) });
  return columnwise(who, rest, (values) => {
    const least = values.reduce((low, value) => Math.min(low, value), Infinity),
      greatest = values.reduce((high, value) => Math.max(high, value), -Infinity);
    const scale = (greatest - least) / (b - a);
    return { center: least - a * (scale > 0 ? scale : 1), scale }; // a + (x − min) / scale
  });
}
