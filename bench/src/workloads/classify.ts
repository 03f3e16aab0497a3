// Softmax cross-entropy of labels, forward and back.
import { integers, normal } from "./data.ts";
import { crossEntropy } from "./float64/losses.ts";
import type { Workload } from "./workload.ts";

export function classify(rows: number, classes: number): Workload<"crossEntropyGradient"> {
  const given = () => ({ logits: normal("logits", [rows, classes]), labels: integers("labels", classes, [rows]) });
  return {
    name: `cross-entropy-gradient-${rows}-${classes}`,
    help: `softmax cross-entropy of labels, forward and backward, ${rows} rows of ${classes} classes`,
    task: "crossEntropyGradient",
    flops: 0, // there is no product
    given,
    compared: 1,
    expected() {
      const { logits, labels } = given();
      return crossEntropy(Float64Array.from(logits.data), labels.data).d;
    },
    tolerance: 1e-5,
  };
}
