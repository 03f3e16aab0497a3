// Convolution over steps: each window of them is a row of a product.
import { checkOneOf, checkSize } from "../arguments/checks.ts";
import { options as named } from "../arguments/options.ts";
import { SluiceError } from "../errors.ts";
import { checkTensor } from "../trace/checkTensor.ts";
import { describe } from "../trace/describe.ts";
import { expand, pad, reshape, transpose } from "../trace/movement.ts";
import { checkDtypes, matmul } from "../trace/products.ts";
import { who } from "../trace/scope.ts";
import { slidingWindows, type Windows } from "../trace/slidingWindows.ts";
import type { Tensor } from "../trace/tensor.ts";
import { type Padding, paddingOf, paddings } from "./padding.ts";

export interface Conv1dOptions {
  /** Steps from one window to the next. Default 1. */
  readonly stride?: number | undefined;
  /** Steps from one element of a window to the next. Default 1. */
  readonly dilation?: number | undefined;
  /** "valid": windows that lie inside; "same": ⌈steps / stride⌉ of them, zeros on both sides; "causal": as many, zeros before. Default "valid". */
  readonly padding?: Padding | undefined;
  /** Input and filters in as many parts, each filter reading its own part. Default 1; with `input` of them it is a depthwise convolution. */
  readonly groups?: number | undefined;
}

/**
 * y[t, f] = Σ x[t·stride + k·dilation, c]·kernel[k, c, f], over the elements k of a window and the inputs c. It is a cross-correlation, as in all of the field.
 *
 * x [batch, steps, input], kernel [size, input / groups, filters], as Keras lays it out → [batch, windows, filters]; no window where there are fewer
 * steps than one takes. Filters f of part g, filters / groups of them in a row, read the inputs of part g.
 * Without dilation and groups a window is a view, not a copy, and the whole is one product.
 * Throws while tracing: INVALID_ARGUMENT for an option that is none, SHAPE_MISMATCH where x or kernel are others, DTYPE_MISMATCH.
 */
export function conv1d(x: Tensor, kernel: Tensor, options: Conv1dOptions = {}): Tensor {
  const {
    stride = 1,
    dilation = 1,
    padding = "valid",
    groups = 1,
  } = named(who("conv1d"), options, { stride: true, dilation: true, padding: true, groups: true });
  for (const [name, value] of Object.entries({ stride, dilation, groups })) checkSize(who("conv1d"), name, value);
  checkOneOf(who("conv1d"), "padding", padding, paddings);
  checkOperands(x, kernel, groups);
  const [size = 0] = kernel.shape,
    [, steps = 0] = x.shape;
  const windows: Windows = { size, stride, dilation };
  const around = paddingOf(padding, steps, windows);
  const y =
    groups > 1 && groups === x.shape[2]
      ? depthwise(slidingWindows(padded(x, around), 1, windows), kernel)
      : groups > 1
        ? grouped(x, kernel, { windows, around, groups })
        : product(slidingWindows(padded(x, around), 1, windows), kernel);
  return x.derive(y.node, [x.axes[0], x.axes[1], kernel.axes[2]]);
}

/** x […, windows, size, input], kernel […, size, input, filters] → […, windows, filters]. */
function product(x: Tensor, kernel: Tensor): Tensor {
  const flat = (t: Tensor, from: number): Tensor => {
    const [a, b, ...rest] = t.shape.slice(from) as [number, number, ...number[]];
    return reshape(t, [...t.shape.slice(0, from), a * b, ...rest]);
  };
  return matmul(flat(x, x.rank - 2), flat(kernel, kernel.rank - 3));
}

/** The parts as a leading axis, so that windows of each lie in a row. */
function grouped(
  x: Tensor,
  kernel: Tensor,
  { windows, around, groups }: { readonly windows: Windows; readonly around: readonly [number, number]; readonly groups: number },
): Tensor {
  const [batch, steps, input] = x.shape as [number, number, number],
    [size, part, filters] = kernel.shape as [number, number, number];
  const parts = transpose(reshape(x, [batch, steps, groups, input / groups]), [2, 0, 1, 3]),
    kernels = transpose(reshape(kernel, [size, part, groups, filters / groups]), [2, 0, 1, 3]);
  const y = product(slidingWindows(padded(parts, around), 2, windows), expand(kernels, 1));
  const [, , count = 0] = y.shape;
  return reshape(transpose(y, [1, 2, 0, 3]), [batch, count, filters]);
}

/** One input for each part: sums of few products, and no matrix. x [batch, windows, size, input]. */
function depthwise(x: Tensor, kernel: Tensor): Tensor {
  const [batch, windows, size, input] = x.shape as [number, number, number, number],
    [, , filters = 0] = kernel.shape;
  if (filters === input) return x.mul(reshape(kernel, [size, input])).sum(2);
  return reshape(
    expand(x, -1)
      .mul(reshape(kernel, [size, input, filters / input]))
      .sum(2),
    [batch, windows, filters],
  );
}

/** Zeros before and after the steps, the last axis but one. */
function padded(x: Tensor, around: readonly [number, number]): Tensor {
  if (around[0] === 0 && around[1] === 0) return x;
  return pad(
    x,
    x.shape.map((_, axis) => (axis === x.rank - 2 ? around : [0, 0])),
  );
}

function checkOperands(x: Tensor, kernel: Tensor, groups: number): void {
  checkTensor("conv1d", x);
  checkTensor("conv1d", kernel, "kernel");
  const [, , input = 0] = x.shape,
    [size = 0, part = 0, filters = 0] = kernel.shape;
  if (x.rank === 3 && kernel.rank === 3 && size > 0 && input === part * groups && filters % groups === 0) {
    checkDtypes("conv1d", x, kernel, ["x", "kernel"]);
    return;
  }
  const needs = groups === 1 ? "kernel [size, input, filters]" : `kernel [size, input / ${groups}, filters], filters in ${groups} parts`;
  const what = `conv1d needs x [batch, steps, input] and ${needs}: ${describe(x, "x")}, ${describe(kernel, "kernel")}`;
  throw new SluiceError({ code: "SHAPE_MISMATCH", who: who("conv1d"), what, facts: { x: x.shape, kernel: kernel.shape, groups } });
}
