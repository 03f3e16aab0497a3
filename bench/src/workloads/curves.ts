// How time grows: the same task at sizes along one axis. The name of a family is what its points begin with.
import { lstmInfer } from "./infer.ts";
import type { Sizes } from "./float64/sequence.ts";
import type { AnyWorkload } from "./workload.ts";

/** LSTM inference over steps, batch and units. */
export const curves: readonly AnyWorkload[] = [
  ...curve("steps", [64, 128, 256, 512, 1024, 2048, 4096], (steps) => ({ batch: 8, steps, input: 32, units: 64 })),
  ...curve("batch", [8, 12, 16, 24, 32, 48, 64, 96, 128], (batch) => ({ batch, steps: 32, input: 64, units: 128 })),
  ...curve("units", [32, 64, 128, 256, 512], (units) => ({ batch: 16, steps: 32, input: 64, units })),
];

function curve(over: "steps" | "batch" | "units", points: readonly number[], sizes: (at: number) => Sizes): readonly AnyWorkload[] {
  const family = `lstm-over-${over}`;
  return points.map((at) => ({ ...lstmInfer(sizes(at)), name: `${family}-${at}`, curve: { family, over, at } }));
}
