// Layers that read windows of steps: how many come out, which of them count, and how the last one goes a step at a time.
import { concat, maxPool1d, type Tensor, type Tree } from "@sluice/core";
import { oneOf, type Rule } from "@sluice/core/arguments";
import { sequenceOf, shapeMismatch } from "./checks.ts";
import type { Stepwise } from "./layer.ts";
import type { Spec } from "./spec.ts";

/** "valid": windows that lie inside; "same": ⌈steps / strides⌉ of them, with what is missing on both sides; "causal": as many, and all of it before. */
export type Padding = "valid" | "same" | "causal";
export const anyPadding: Rule<Padding> = oneOf("valid", "same", "causal");

export interface Windows {
  readonly size: number;
  readonly strides: number;
  readonly padding: Padding;
  /** Default 1. */
  readonly dilation?: number;
}

/** The sample that comes out, [windows, features]. Throws SHAPE_MISMATCH for what is no sequence, or is too short for a window; DTYPE_MISMATCH for indices. */
export function windowed(who: string, input: Spec, windows: Windows, features: number, named = input.axes[1] ?? "features"): Spec {
  const [steps] = sequenceOf(who, input),
    { padding, strides } = windows,
    reach = reachOf(windows);
  if (padding === "valid" && steps < reach) throw shapeMismatch(who, `x [batch, steps of at least ${reach}, features]`, input, 'Pad it: padding: "same"'); // prettier-ignore
  const count = padding === "valid" ? Math.floor((steps - reach) / strides) + 1 : Math.ceil(steps / strides);
  return { ...input, shape: [count, features], axes: [input.axes[0] ?? "steps", named] };
}

/** Which windows count: those where the step counts that they stand at. It is the last one of a "valid" or "causal" window, and step t·strides of "same". */
export function windowMask(mask: Tensor | undefined, windows: Windows): Tensor | undefined {
  if (mask === undefined) return undefined;
  const from = windows.padding === "valid" ? mask.slice(1, reachOf(windows) - 1) : mask;
  return windows.strides === 1 ? from : maxPool1d(from.expand(-1), { size: 1, stride: windows.strides }).squeeze(-1);
}

/** Whether a window is known with the last of its steps, and there is one for each step. */
export function isCausal({ size, strides, padding }: Windows): boolean {
  return strides === 1 && (padding === "causal" || size === 1);
}

/** The steps before this one that its window reaches are kept. `read` gives [batch, 1, …] for the steps of one window. */
export function stepByStep<W>(input: Spec, windows: Windows, read: (weights: W, window: Tensor) => Tensor): () => Stepwise {
  const before = reachOf(windows) - 1,
    [, features = 1] = input.shape;
  return () => ({
    state: before === 0 ? {} : { before: { shape: [before, features], axes: ["before", input.axes[1] ?? "features"], dtype: "float" } },
    step(weights, x, { state }) {
      const now = x.expand(1),
        kept = state as { readonly before?: Tensor }; // as declared above
      const window = kept.before === undefined ? now : concat([kept.before, now], 1);
      const after: Tree<Tensor> = kept.before === undefined ? {} : { before: window.slice(1, 1) };
      return { output: read(weights as W, window).squeeze(1), state: after }; // those that the layer declares
    },
  });
}

function reachOf({ size, dilation = 1 }: Windows): number {
  return (size - 1) * dilation + 1;
}
