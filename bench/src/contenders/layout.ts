// Numbers as peers want them laid out. Done once, before anything is timed.
import type { HostArray, TypedArray } from "@sluice/core";

/** [batch, steps, …] → [steps, batch, …], or back. */
export function stepsFirst(x: HostArray): HostArray {
  const [outer, inner, ...rest] = x.shape as [number, number, ...number[]];
  const width = x.data.length / (outer * inner);
  const data = x.data.slice(); // of the same kind
  for (let i = 0; i < outer; i++)
    for (let j = 0; j < inner; j++)
      data.set(x.data.subarray((i * inner + j) * width, (i * inner + j + 1) * width), (j * outer + i) * width);
  return { dtype: x.dtype, shape: [inner, outer, ...rest], data };
}

/** Step t of [batch, steps, input], [batch, input], for each t. */
export function stepsOf(x: HostArray): readonly HostArray[] {
  const { shape, data } = stepsFirst(x);
  const [steps, batch, input] = shape as [number, number, number];
  return Array.from({ length: steps }, (_, t) => f32([batch, input], data.slice(t * batch * input, (t + 1) * batch * input)));
}

/** Blocks of equal width along the last axis. */
export function blocks(x: HostArray, count: number): readonly HostArray[] {
  return columns(
    x,
    Array.from({ length: count }, () => x.shape.at(-1)! / count),
  );
}

/** Blocks of the widths given along the last axis. */
export function columns(x: HostArray, widths: readonly number[]): readonly HostArray[] {
  const all = x.shape.at(-1)!;
  let from = 0;
  return widths.map((width) => {
    const [first, end] = [from, (from += width)];
    return f32(
      [...x.shape.slice(0, -1), width],
      x.data.filter((_, i) => i % all >= first && i % all < end),
    );
  });
}

/** [rows, columns] → [columns, rows] */
export function turned(x: HostArray): HostArray {
  const [rows, columns] = x.shape as [number, number];
  return f32(
    [columns, rows],
    Float32Array.from(x.data, (_, at) => x.data[(at % rows) * columns + Math.floor(at / rows)]!),
  );
}

/** One after the other along the first axis. */
export function stacked(parts: readonly HostArray[]): HostArray {
  const [, ...rest] = parts[0]!.shape;
  const rows = parts.reduce((sum, { shape }) => sum + shape[0]!, 0);
  return f32([rows, ...rest], Float32Array.from(parts.flatMap(({ data }) => [...data])));
}

export function zeros(shape: readonly number[]): HostArray {
  return f32(shape, new Float32Array(shape.reduce((product, length) => product * length, 1)));
}

export function f32(shape: readonly number[], data: TypedArray): HostArray {
  return { dtype: "f32", shape, data };
}
