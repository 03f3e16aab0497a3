// Connectionist temporal classification (Graves et al. 2006): labels in their order, with nothing said of when.
import { cast, less, logSoftmax, maximum, neg, SluiceError, where, type Shape, type Tensor } from "@sluice/core";
import { boolean, count } from "@sluice/core/arguments";
import { configurable, type Configurable } from "../measures/configurable.ts";
import { checkedMeasure, type Target } from "../measures/measure.ts";
import { preset, type Table } from "../options/table.ts";
import { alignments, impossible, labelCounts } from "./alignments.ts";
import type { Loss } from "./loss.ts";

export interface CtcConfig {
  /** The class that stands for no label, and pads labels: what comes after the first is none. Default 0. */
  readonly blank?: number;
  /** Labels that do not fit into the steps cost 0, not ∞. Default false. */
  readonly zeroInfinity?: boolean;
  /** Divide by the number of labels, as PyTorch's "mean" does. Default false, as in Keras. */
  readonly perLabel?: boolean;
}

export const ctcTable = {
  blank: preset(count, 0),
  zeroInfinity: preset(boolean, false),
  perLabel: preset(boolean, false),
} satisfies Table<CtcConfig>;

/**
 * −log p(y | z), where p is the sum over all alignments: a class for each step, of which runs of one class are one label and blanks are none.
 *
 * Targets y [batch, labels], as wide as the data, i32 of 0 … classes − 1, are padded with blanks; outputs z [batch, steps, classes] are logits. Where only some
 * steps count, the others are left out. Labels that do not fit, which takes a step for each and one between equal neighbours, cost ∞, which no fit takes for
 * sound, and have no gradient. Log-probabilities are to be above −1e38. Keras 3 has blank 0, counts all steps, and has some 1e5 for ∞ on its backends
 * but PyTorch's. Throws INVALID_ARGUMENT for options that are none, SHAPE_MISMATCH for outputs that are no sequences of classes with the blank among them.
 */
export const ctc: Configurable<Loss, CtcConfig> = configurable(ctcTable, ({ blank, zeroInfinity, perLabel }) =>
  checkedMeasure({
    name: "ctc",
    includes: "softmax",
    takesMask: true,
    target: (output: Shape, rows?: Shape) => labelsFor(output, rows, blank),
    perSample(y: Tensor, z: Tensor, mask?: Tensor): Tensor {
      const total = alignments(y, logSoftmax(z), { blank, mask });
      const cost = perLabel ? neg(total).div(maximum(cast(labelCounts(y, blank, z.dtype), z.dtype), 1)) : neg(total);
      return where(less(total, impossible), zeroInfinity ? 0 : Infinity, cost);
    },
  }),
);

function labelsFor(output: Shape, rows: Shape | undefined, blank: number): Target {
  const [, classes] = output;
  const fail = (what: string): SluiceError =>
    new SluiceError({ code: "SHAPE_MISMATCH", who: "ctc", what, facts: { output, ...(rows && { targets: rows }) } });
  if (classes === undefined || output.length !== 2)
    throw fail(`needs outputs [batch, steps, classes], got [${["batch", ...output].join(", ")}]`);
  if (blank >= classes) throw fail(`the blank is class ${blank}, and the output has ${classes} of them, from 0`);
  if (rows !== undefined && rows.length > 1) throw fail(`needs targets [samples, labels], got [${["samples", ...rows].join(", ")}]`);
  return { shape: [rows?.[0] ?? 1], dtype: "i32", range: [0, classes - 1] };
}
