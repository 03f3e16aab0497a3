// A causal convolution over steps, an element of the window at a time: a product of steps moved by its distance.
import { product } from "./matrix.ts";
import type { Numbers } from "./sequence.ts";

export interface Sizes {
  readonly size: number;
  readonly dilation: number;
  readonly batch: number;
  readonly steps: number;
  readonly input: number;
  readonly filters: number;
}

/** x [batch, steps, input], kernel [size, input, filters] → [batch, steps, filters]; back from the gradient of that. */
export function convolution({ x, kernel }: Numbers<"x" | "kernel">, { size, dilation, batch, steps, input, filters }: Sizes) {
  const output = new Float64Array(batch * steps * filters);
  /** Of each row and each element: where its steps begin in the output and in x, and how many they are. */
  const each = (
    visit: (at: {
      readonly y: readonly [number, number];
      readonly x: readonly [number, number];
      readonly w: readonly [number, number];
      readonly count: number;
    }) => void,
  ) => {
    // prettier-ignore
    for (let row = 0; row < batch; row++)
      for (let k = 0; k < size; k++) {
        const late = Math.min(steps, (size - 1 - k) * dilation),
          count = steps - late;
        const from = (first: number, width: number) => [(row * steps + first) * width, (row * steps + first + count) * width] as const;
        visit({ y: from(late, filters), x: from(0, input), w: [k * input * filters, (k + 1) * input * filters], count });
      }
  };
  each(({ y, x: seen, w, count }) => {
    product(x.subarray(...seen), kernel.subarray(...w), [count, input, filters], {}, output.subarray(...y));
  });
  const backward = (d: Float64Array) => {
    const slopes = { x: new Float64Array(x.length), kernel: new Float64Array(kernel.length) };
    each(({ y, x: seen, w, count }) => {
      product(d.subarray(...y), kernel.subarray(...w), [count, filters, input], { b: true }, slopes.x.subarray(...seen));
      product(x.subarray(...seen), d.subarray(...y), [input, count, filters], { a: true }, slopes.kernel.subarray(...w));
    });
    return slopes;
  };
  return { output, backward };
}
