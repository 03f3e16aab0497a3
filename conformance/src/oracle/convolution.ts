// Convolution over steps, window by window and element by element of each, and back. Written apart from core.
import type { Arithmetic } from "./arithmetic.ts";
import { blocks, entry, join, put, row, zeros, type Bounded } from "./bounded.ts";

export interface ConvolutionOptions {
  readonly stride?: number;
  readonly dilation?: number;
  readonly padding?: "valid" | "same" | "causal";
  readonly groups?: number;
}

export interface Convolved {
  /** [batch, windows, filters] */
  readonly output: Bounded;
  /** From the gradient of the output. */
  backward(upstream: Bounded): { readonly x: Bounded; readonly kernel: Bounded };
}

/** y[t] = Σ x[t·stride + k·dilation − before]·kernel[k], in each group, over the steps that there are. x [batch, steps, input], kernel [size, input/groups, filters]. */
export function convolution(
  { affine, affineT, outer, plus }: Arithmetic,
  x: Bounded,
  kernel: Bounded,
  { stride = 1, dilation = 1, padding = "valid", groups = 1 }: ConvolutionOptions,
): Convolved {
  const [batch, steps, input] = x.shape as [number, number, number],
    [size, part, filters] = kernel.shape as [number, number, number];
  const { windows, before } = windowsOf(padding, steps, (size - 1) * dilation + 1, stride);
  const taps = Array.from({ length: size }, (_, k) => ({
    k,
    parts: blocks(entry(kernel, [part, filters], k), groups),
    given: [] as (readonly [x: readonly Bounded[], d: readonly Bounded[]])[],
  }));
  const seen = (t: number) =>
    taps.map((tap) => ({ tap, step: t * stride + tap.k * dilation - before })).filter(({ step }) => step >= 0 && step < steps);
  const rows = Array.from({ length: batch * windows }, (_, i) => ({ b: Math.floor(i / windows), t: i % windows, i }));

  const output = zeros([batch, windows, filters]);
  for (const { b, t, i } of rows) {
    const sums = Array.from({ length: groups }, (_, g) =>
      affine(
        [zeros([filters / groups])],
        ...seen(t).map(({ tap, step }) => [of(blocks(row(x, b * steps + step), groups), g), of(tap.parts, g)] as const),
      ),
    );
    put(output, i, join(...(sums as [Bounded, ...Bounded[]])));
  }
  return {
    output,
    backward(upstream) {
      for (const { given } of taps) given.length = 0;
      // What each step, and each element of a window, gets from the windows: one sum each.
      const toSteps = new Map<number, (readonly [d: Bounded, w: readonly Bounded[]])[]>();
      for (const { b, t, i } of rows)
        for (const { tap, step } of seen(t)) {
          const at = b * steps + step;
          toSteps.set(at, [...(toSteps.get(at) ?? []), [row(upstream, i), tap.parts]]);
          tap.given.push([blocks(row(x, at), groups), blocks(row(upstream, i), groups)]);
        }
      const dx = zeros([batch, steps, input]),
        dkernel = zeros(kernel.shape);
      for (const [at, terms] of toSteps)
        put(dx, at, join(...(Array.from({ length: groups }, (_, g) => affineT([zeros([part])], ...terms.map(([d, w]) => [of(blocks(d, groups), g), of(w, g)] as const))) as [Bounded, ...Bounded[]]))); // prettier-ignore
      for (const { k, given } of taps)
        put(dkernel, k, join(...(Array.from({ length: groups }, (_, g) => plus(zeros([part, filters / groups]), ...given.map(([from, d]) => outer(of(from, g), of(d, g))))) as [Bounded, ...Bounded[]]))); // prettier-ignore
      return { x: dx, kernel: dkernel };
    },
  };
}

/** Of one group. */
function of(parts: readonly Bounded[], group: number): Bounded {
  return parts[group]!;
}

function windowsOf(padding: string, steps: number, reach: number, stride: number): { readonly windows: number; readonly before: number } {
  if (padding === "valid") return { windows: Math.max(0, Math.floor((steps - reach) / stride) + 1), before: 0 };
  const windows = Math.ceil(steps / stride);
  return { windows, before: padding === "causal" ? reach - 1 : Math.floor(Math.max(0, (windows - 1) * stride + reach - steps) / 2) };
}
