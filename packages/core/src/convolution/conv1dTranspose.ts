// The transpose of a convolution over steps: each step gives to a window, and windows that overlap add up.
import { checkOneOf, checkSize } from "../arguments/checks.ts";
import { options as named } from "../arguments/options.ts";
import { SluiceError } from "../errors.ts";
import { checkTensor } from "../trace/checkTensor.ts";
import { describe } from "../trace/describe.ts";
import { at, pad, slice, transpose } from "../trace/movement.ts";
import { matmul } from "../trace/products.ts";
import { who } from "../trace/scope.ts";
import { overlapAdd } from "../trace/slidingWindows.ts";
import type { Tensor } from "../trace/tensor.ts";

export interface Conv1dTransposeOptions {
  /** Steps of the result from one window to the next. Default 1. */
  readonly stride?: number | undefined;
  /** Steps from one element of a window to the next. Default 1. */
  readonly dilation?: number | undefined;
  /** "valid": whole windows, and `stride` steps for each at least; "same": steps·stride, cut on both sides, one more behind where it is odd. Default "valid". */
  readonly padding?: "valid" | "same" | undefined;
}

/**
 * y[t·stride + k·dilation, f] = Σ x[t, c]·kernel[k, f, c], over all t and k that come there: what the gradient of `conv1d` does with x (Dumoulin & Visin
 * 2016, chapter 4), also called a deconvolution.
 *
 * x [batch, steps, input], kernel [size, filters, input], as Keras lays it out → [batch, steps·stride + max(0, reach − stride), filters], reach being
 * (size − 1)·dilation + 1; [batch, steps·stride, filters] with "same".
 * Throws while tracing: INVALID_ARGUMENT for an option that is none, SHAPE_MISMATCH where x or kernel are others, DTYPE_MISMATCH.
 */
export function conv1dTranspose(x: Tensor, kernel: Tensor, options: Conv1dTransposeOptions = {}): Tensor {
  const {
    stride = 1,
    dilation = 1,
    padding = "valid",
  } = named(who("conv1dTranspose"), options, { stride: true, dilation: true, padding: true });
  for (const [name, value] of Object.entries({ stride, dilation })) checkSize(who("conv1dTranspose"), name, value);
  checkOneOf(who("conv1dTranspose"), "padding", padding, ["valid", "same"]);
  checkTensor("conv1dTranspose", x);
  checkTensor("conv1dTranspose", kernel, "kernel");
  const [size = 0, , input] = kernel.shape;
  if (x.rank !== 3 || kernel.rank !== 3 || size === 0 || input !== x.shape[2]) throw misfit(x, kernel);
  const steps = x.shape[1]!,
    reach = (size - 1) * dilation + 1,
    wanted = padding === "same" ? steps * stride : steps * stride + Math.max(0, reach - stride),
    before = padding === "same" ? Math.floor(Math.max(0, reach - stride) / 2) : 0;
  const whole = steps === 0 ? 0 : (steps - 1) * stride + reach,
    tap = (k: number): Tensor => matmul(x, transpose(at(kernel, 0, k)));
  const taps = Array.from({ length: size - 1 }, (_, k) => tap(k + 1)),
    y = overlapAdd([tap(0), ...taps], 1, { stride, dilation }, whole);
  const missing = Math.max(0, before + wanted - whole), // where windows lie apart
    padded = missing === 0 ? y : pad(y, [[0, 0], [0, missing], [0, 0]]); // prettier-ignore
  return x.derive(slice(padded, 1, before, before + wanted).node, [x.axes[0], x.axes[1], kernel.axes[1]]);
}

function misfit(x: Tensor, kernel: Tensor): SluiceError {
  const what = `conv1dTranspose needs x [batch, steps, input] and kernel [size, filters, input]: ${describe(x, "x")}, ${describe(kernel, "kernel")}`;
  return new SluiceError({ code: "SHAPE_MISMATCH", who: who("conv1dTranspose"), what, facts: { x: x.shape, kernel: kernel.shape } });
}
