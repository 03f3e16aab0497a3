// Pooling over steps: one value of each window of them.
import { check, oneOf, size as anySize } from "../arguments/rules.ts";
import { options as named } from "../arguments/options.ts";
import { SluiceError } from "../errors.ts";
import { maximum, notEqual, where } from "../trace/arithmetic.ts";
import { checkTensor } from "../trace/checkTensor.ts";
import { constant, literal } from "../trace/constants.ts";
import { describe } from "../trace/describe.ts";
import { cast } from "../trace/functions.ts";
import { concat, expand } from "../trace/movement.ts";
import { who } from "../trace/scope.ts";
import { slidingWindows, windowCount } from "../trace/slidingWindows.ts";
import type { Tensor } from "../trace/tensor.ts";
import { paddingOf } from "./padding.ts";

export interface Pooling1dOptions {
  /** Steps of a window. */
  readonly size: number;
  /** Steps from one window to the next. Default `size`: each step lies in one window at most. */
  readonly stride?: number | undefined;
  /** "valid": windows that lie inside; "same": ⌈steps / stride⌉ of them, which may reach beyond the steps on both sides. Default "valid". */
  readonly padding?: "valid" | "same" | undefined;
  /** Which steps count: [batch, steps], not 0 where one does. Others are left out, NaN included; a window without any gives 0. Default all. */
  readonly mask?: Tensor | undefined;
}

/**
 * The largest of each window. What lies beyond the steps does not count. Equal maxima share the gradient, as in `max`.
 *
 * x [batch, steps, features] → [batch, windows, features]; no window where there are fewer steps than one takes.
 * Throws while tracing: INVALID_ARGUMENT for an option that is none, SHAPE_MISMATCH for another x or mask.
 */
export function maxPool1d(x: Tensor, options: Pooling1dOptions): Tensor {
  return extremePool("maxPool1d", x, options, -Infinity, (windows) => windows.max(2));
}

/** The smallest of each window; all else as for `maxPool1d`. */
export function minPool1d(x: Tensor, options: Pooling1dOptions): Tensor {
  return extremePool("minPool1d", x, options, Infinity, (windows) => windows.min(2));
}

/**
 * The mean of each window. What lies beyond the steps does not count: it is left out of the mean, as in Keras (PyTorch's avg_pool1d counts it).
 *
 * x [batch, steps, features] → [batch, windows, features]; no window where there are fewer steps than one takes.
 * Throws as `maxPool1d`.
 */
export function averagePool1d(x: Tensor, options: Pooling1dOptions): Tensor {
  const { windowsOf, flags, inside } = windowing("averagePool1d", x, options);
  if (flags !== undefined)
    return windowsOf(where(flags, x, 0))
      .sum(2)
      .div(maximum(windowsOf(flags).sum(2), 1));
  return windowsOf(x)
    .sum(2)
    .div(inside.every((n) => n === options.size) ? options.size : literal(inside, [inside.length, 1], x.dtype));
}

/** `limit` is what no element loses against; of whole numbers the nearest that there is. */
function extremePool(operation: string, x: Tensor, options: Pooling1dOptions, limit: number, fold: (windows: Tensor) => Tensor): Tensor {
  const { windowsOf, flags } = windowing(operation, x, options);
  const beyond = x.dtype === "i32" ? Math.min(2 ** 31 - 1, Math.max(-(2 ** 31), limit)) : limit;
  if (flags === undefined) return fold(windowsOf(x, beyond));
  return where(windowsOf(flags).max(2), fold(windowsOf(where(flags, x, beyond), beyond)), 0);
}

interface Windowing {
  /** [batch, steps, features] → [batch, windows, size, features], with `beyond` where a window reaches beyond the steps. */
  windowsOf(x: Tensor, beyond?: number): Tensor;
  /** 1 for each step that counts, [batch, steps, 1]. */
  readonly flags: Tensor | undefined;
  /** How many steps of each window there are. */
  readonly inside: readonly number[];
}

function windowing(operation: string, x: Tensor, options: Pooling1dOptions): Windowing {
  const {
    size,
    stride = size,
    padding = "valid",
    mask,
  } = named(who(operation), options, { size: true, stride: true, padding: true, mask: true });
  for (const [name, value] of Object.entries({ size, stride })) check(who(operation), name, value, anySize);
  check(who(operation), "padding", padding, oneOf("valid", "same"));
  checkTensor(operation, x);
  if (mask !== undefined) checkTensor(operation, mask, "mask");
  if (x.rank !== 3) throw misfit(operation, "x [batch, steps, features]", describe(x, "x"), { shape: x.shape });
  if (mask !== undefined && !(mask.rank === 2 && mask.shape[0] === x.shape[0] && mask.shape[1] === x.shape[1]))
    throw misfit(operation, `mask [batch, steps] for ${describe(x, "x")}`, describe(mask, "mask"), { x: x.shape, mask: mask.shape });
  const windows = { size, stride, dilation: 1 },
    [batch, steps] = x.shape as [number, number, number],
    [before, after] = paddingOf(padding, steps, windows);
  const beyond = (t: Tensor, value: number, n: number): Tensor => constant(value, [batch, n, t.shape[2]!], t.dtype);
  return {
    windowsOf: (t, value = 0) => slidingWindows(concat([beyond(t, value, before), t, beyond(t, value, after)], 1), 1, windows),
    flags: mask && expand(cast(notEqual(mask, 0), x.dtype), -1),
    inside: Array.from({ length: windowCount(before + steps + after, windows) }, (_, window) => {
      const first = window * stride - before;
      return Math.min(steps, first + size) - Math.max(0, first);
    }),
  };
}

function misfit(operation: string, needs: string, got: string, facts: Readonly<Record<string, unknown>>): SluiceError {
  return new SluiceError({ code: "SHAPE_MISMATCH", who: who(operation), what: `${operation} needs ${needs}, got ${got}`, facts });
}
