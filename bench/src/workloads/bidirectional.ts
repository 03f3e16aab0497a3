// Layers of LSTMs in both directions, one upon the other: taggers and recognisers are built so.
import { bidirectional, lstm } from "@sluice/core";
import { exactly, joined, normal, started } from "./data.ts";
import { lstm as exactLstm } from "./float64/lstm.ts";
import { swapped } from "./float64/matrix.ts";
import { block, type Sizes } from "./float64/sequence.ts";
import { cellFlops } from "./infer.ts";
import type { BothWays } from "./tasks.ts";
import type { Workload } from "./workload.ts";

/** Two layers. */
export function bidirectionalInfer(sizes: Sizes): Workload<"bidirectionalInference"> {
  const { batch, steps, input, units } = sizes;
  const weights = () =>
    [input, 2 * units].map((below) => started(bidirectional(lstm()).weights({ input: below, units }), units, `above ${below}`));
  const x = () => normal("x", [batch, steps, input]);
  return {
    name: `bidirectional-infer-b${batch}-t${steps}-${input}-${units}`,
    help: `two layers of bidirectional LSTM ${input}→2·${units}, batch ${batch}, ${steps} steps, all outputs`,
    task: "bidirectionalInference",
    flops: 2 * cellFlops(4, sizes) + 2 * cellFlops(4, { ...sizes, input: 2 * units }),
    given: () => ({ weights: weights(), x: x() }),
    compared: 1,
    expected() {
      const bottom = swapped(exactly({ x: x() }).x, batch, steps);
      const top = weights().reduce((below, layer) => bothWays(layer, below, { ...sizes, input: below.length / (steps * batch) }), bottom);
      return swapped(top, steps, batch);
    },
    tolerance: 1e-5,
  };
}

/** [steps, batch, input] → [steps, batch, 2·units] */
function bothWays({ forward, backward }: BothWays, x: Float64Array, sizes: Sizes): Float64Array {
  const there = exactLstm(exactly(forward), x, sizes).outputs;
  const back = flipped(exactLstm(exactly(backward), flipped(x, sizes.steps), sizes).outputs, sizes.steps);
  const rows = Array.from({ length: sizes.steps * sizes.batch }, (_, row) => [
    block(there, row, sizes.units),
    block(back, row, sizes.units),
  ]);
  return joined(rows.flat());
}

function flipped(x: Float64Array, steps: number): Float64Array {
  return joined(Array.from({ length: steps }, (_, t) => block(x, steps - 1 - t, x.length / steps)));
}
