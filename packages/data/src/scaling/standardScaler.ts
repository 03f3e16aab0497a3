// Mean 0 and deviation 1.
import { given } from "../arguments/given.ts";
import { columnwise, fitRules, type FitOptions, type Unfitted } from "./fit.ts";
import { moments } from "./statistics.ts";

export type StandardScalerOptions = FitOptions;

/**
 * z = (x − μ) / σ for each column, σ² = Σ(x − μ)² / n the population variance (scikit-learn's StandardScaler). A column of one value becomes 0: σ is then 1.
 *
 * ```ts
 * const scaler = standardScaler().fit([[0, 10], [2, 10]]);
 * scaler.transform([[4, 11]]).data; // 3, 1
 * ```
 */
export function standardScaler(options: StandardScalerOptions = {}): Unfitted {
  return columnwise("standardScaler", given("standardScaler", options, fitRules), (values) => {
    const { mean, variance } = moments(values);
    return { center: values.every((value) => value === values[0]) ? (values[0] ?? mean) : mean, scale: Math.sqrt(variance) };
  });
}
