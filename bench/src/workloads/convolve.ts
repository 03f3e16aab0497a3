// Convolution over steps, causal: forward alone and with its gradients.
import { exactly, joined, normal } from "./data.ts";
import { convolution, type Sizes } from "./float64/convolution.ts";
import { meanSquaredError } from "./float64/losses.ts";
import type { TaskName, Tasks, Workload } from "./workload.ts";

export function convolve(sizes: Sizes): Workload<"convolution"> {
  return described("conv1d", "causal convolution", sizes, {
    task: "convolution",
    flops: flopsOf(sizes),
    given: () => dataOf(sizes),
    expected: () => exact(sizes).output,
  });
}

export function convolveGradient(sizes: Sizes): Workload<"convolutionGradient"> {
  const given = () => ({ ...dataOf(sizes), target: normal("target", [sizes.batch, sizes.steps, sizes.filters]) });
  return described("conv1d-gradient", "causal convolution, forward and backward", sizes, {
    task: "convolutionGradient",
    flops: 3 * flopsOf(sizes),
    given,
    expected() {
      const { output, backward } = exact(sizes);
      const { x, kernel } = backward(meanSquaredError(output, exactly({ target: given().target }).target).d);
      return joined([x, kernel]);
    },
  });
}

function described<T extends TaskName>(
  name: string,
  what: string,
  { size, dilation, batch, steps, input, filters }: Sizes,
  rest: Pick<Workload<T>, "task" | "flops" | "given" | "expected">,
): Workload<T> {
  return {
    name: `${name}-k${size}-d${dilation}-b${batch}-t${steps}-${input}-${filters}`,
    help: `${what}, size ${size}, dilation ${dilation}, ${input}→${filters}, batch ${batch}, ${steps} steps`,
    compared: 1,
    tolerance: 1e-5, // sums of up to batch·steps terms: 1e-6
    ...rest,
  };
}

/** Zeros before the first step counted as any other: all do the products with them. */
function flopsOf({ size, batch, steps, input, filters }: Sizes): number {
  return 2 * batch * steps * size * input * filters;
}

function dataOf({ size, dilation, batch, steps, input, filters }: Sizes): Tasks["convolution"] {
  return { dilation, x: normal("x", [batch, steps, input]), kernel: normal("kernel", [size, input, filters]) };
}

function exact(sizes: Sizes) {
  const { x, kernel } = dataOf(sizes);
  return convolution(exactly({ x, kernel }), sizes);
}
