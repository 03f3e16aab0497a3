// What stands around a sequence, so that windows give as many steps as was asked for.
import type { Windows } from "../trace/slidingWindows.ts";

/**
 * "valid": nothing, each window lies inside. "same": ⌈steps / stride⌉ windows, what that takes on both sides, the odd one behind, as in Keras.
 * "causal": all of it before, so that the last element of window t is step t·stride.
 */
export type Padding = "valid" | "same" | "causal";
export const paddings: readonly Padding[] = ["valid", "same", "causal"];

export function paddingOf(padding: Padding, steps: number, { size, stride, dilation }: Windows): readonly [before: number, after: number] {
  const reach = (size - 1) * dilation;
  switch (padding) {
    case "valid":
      return [0, 0];
    case "causal":
      return [reach, 0];
    case "same": {
      const windows = Math.ceil(steps / stride),
        missing = Math.max(0, (windows - 1) * stride + reach + 1 - steps);
      return steps === 0 ? [0, 0] : [Math.floor(missing / 2), Math.ceil(missing / 2)];
    }
  }
}
