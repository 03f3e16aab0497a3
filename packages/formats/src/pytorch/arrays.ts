// Numbers on the host, laid out anew: what lies between PyTorch's order and ours. Each gives an array of its own.
import type { DType, HostArray, Shape, TypedArray } from "@sluice/core";

const arrays = { f32: Float32Array, f64: Float64Array, i32: Int32Array } as const;

/** Zeros. */
export function zeros(dtype: DType, shape: Shape): HostArray {
  const make: new (length: number) => TypedArray = arrays[dtype];
  return { dtype, shape, data: new make(shape.reduce((product, n) => product * n, 1)) };
}

/** The axes in opposite order, of at most three: a matrix is transposed. */
export function reversedAxes({ dtype, shape, data }: HostArray): HostArray {
  const reversed = zeros(dtype, shape.toReversed()),
    [first = 1] = shape,
    last = shape.length > 1 ? (shape.at(-1) ?? 1) : 1,
    middle = shape.length > 2 ? (shape[1] ?? 1) : 1;
  for (let i = 0, at = 0; i < first; i++)
    for (let j = 0; j < middle; j++) for (let k = 0; k < last; k++) reversed.data[(k * middle + j) * first + i] = data[at++]!; // all of them
  return reversed;
}

/** The same numbers in another shape. */
export function reshaped(array: HostArray, shape: Shape): HostArray {
  return { dtype: array.dtype, shape, data: array.data.slice() };
}

/** Of `count` equal blocks of rows, those of these numbers, one under the other. */
export function blocksOf({ dtype, shape: [rows = 0, ...rest], data }: HostArray, count: number, order: readonly number[]): HostArray {
  const size = data.length / count,
    found = zeros(dtype, [(rows / count) * order.length, ...rest]);
  for (const [i, block] of order.entries()) found.data.set(data.subarray(block * size, (block + 1) * size), i * size);
  return found;
}

/** Rows under rows. */
export function stacked(parts: readonly HostArray[]): HostArray {
  const rows = parts.reduce((sum, { shape: [n = 0] }) => sum + n, 0),
    [first] = parts,
    whole = zeros(first?.dtype ?? "f32", [rows, ...(first?.shape.slice(1) ?? [])]);
  let at = 0;
  for (const { data } of parts) {
    whole.data.set(data, at);
    at += data.length;
  }
  return whole;
}

export function added(a: HostArray, b: HostArray): HostArray {
  const sum = zeros(a.dtype, a.shape);
  for (let i = 0; i < sum.data.length; i++) sum.data[i] = a.data[i]! + b.data[i]!; // of one shape
  return sum;
}
