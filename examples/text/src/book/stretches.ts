// A text for a network that remembers: row i of each batch goes on where row i of the batch before ended.
import type { HostArray } from "@sluice/core";
import type { Data } from "@sluice/nn";

export interface Stretches extends Data {
  readonly x: HostArray;
  readonly y: HostArray;
  readonly sampleWeight: HostArray;
}

/**
 * The text as `rows` stretches of equal length, each cut into windows of `steps`: x [windows · rows, steps], y the symbol after each of x, in batches of `rows`.
 * Every symbol but the first is in y once and counts 1; what fills the last windows up counts 0.
 */
export function stretches(codes: Int32Array, { rows, steps }: { readonly rows: number; readonly steps: number }): Stretches {
  const predicted = codes.length - 1;
  const length = Math.ceil(predicted / rows);
  const windows = Math.ceil(length / steps);
  const shape = [windows * rows, steps];
  const [x, y] = [new Int32Array(windows * rows * steps), new Int32Array(windows * rows * steps)];
  const weight = new Float32Array(x.length);
  for (let at = 0; at < predicted; at++) {
    const [row, place] = [Math.floor(at / length), at % length];
    const to = (Math.floor(place / steps) * rows + row) * steps + (place % steps);
    x[to] = codes[at] ?? 0;
    y[to] = codes[at + 1] ?? 0;
    weight[to] = 1;
  }
  const of = (dtype: "i32" | "f32", data: Int32Array | Float32Array): HostArray => ({ dtype, shape, data });
  return { x: of("i32", x), y: of("i32", y), sampleWeight: of("f32", weight) };
}
