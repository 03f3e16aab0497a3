// What a measure gives of samples, checked.
import { SluiceError, Tensor } from "@sluice/core";
import { show } from "@sluice/core/arguments";
import type { Measure } from "./measure.ts";

type Summing = Measure & { readonly sums?: unknown };

/** [batch], or [batch, sums] of what is made of sums. Throws SHAPE_MISMATCH where it gives anything else: what would broadcast would pass for a number. */
export function perSample(measure: Summing, target: Tensor, output: Tensor, mask?: Tensor): Tensor {
  const result: unknown = measure.perSample(target, output, mask);
  const [batch = 0] = output.shape;
  const hasSums = measure.sums !== undefined,
    axes = hasSums ? 2 : 1;
  if (result instanceof Tensor && result.rank === axes && result.shape[0] === batch) return result;
  const got = result instanceof Tensor ? `[${result.shape.join(", ")}]` : show(result);
  throw new SluiceError({
    code: result instanceof Tensor ? "SHAPE_MISMATCH" : "INVALID_ARGUMENT",
    who: measure.name,
    what: `perSample must give ${hasSums ? "its sums" : "one number"} for each sample, [batch ${batch}${hasSums ? ", sums" : ""}], got ${got}`,
    fix: hasSums
      ? "Give what each sample adds to the sums, side by side along a second axis"
      : "Take the mean over every axis but the first",
    facts: { expected: hasSums ? [batch, "sums"] : [batch], ...(result instanceof Tensor && { got: result.shape }) },
  });
}
