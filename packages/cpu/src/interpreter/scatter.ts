// scatter: adds row after row, in order, so that repeated indices give the same sum every time.
import type { DType, ScatterStep } from "@sluice/core";
import type { Launch } from "@sluice/core/kit";
import type { Buffer } from "../memory/buffer.ts";
import { resolveStarts } from "./grid.ts";
import { type Machine, block } from "./machine.ts";
import { operations } from "./operations.ts";
import { read, write } from "./transfer.ts";

export function scatter({ memory, register }: Machine, { source, index, out }: ScatterStep, dtypes: readonly DType[]): Launch<Buffer> {
  const [count, width] = source.shape as [number, number];
  const rows = out.shape[0]!;
  const [type, typeOut] = [dtypes[source.slot]!, dtypes[out.slot]!];
  const from = { row: 0, step: source.strides[1]! };
  const to = { row: 0, step: out.strides[1]! };
  const values = register(0);
  const sums = register(1);
  const views = [index, source, out];
  const at = [0, 0, 0];
  return (slots, t) => {
    resolveStarts(views, slots, t, at);
    for (let i = 0; i < count; i++) {
      const row = memory.i32[at[0]! + i * index.strides[0]!]!;
      if (row < 0 || row >= rows) continue;
      const added = at[1]! + i * source.strides[0]!;
      const target = at[2]! + row * out.strides[0]!;
      for (let j = 0; j < width; j += block) {
        const n = Math.min(block, width - j);
        read(memory, type, added + j * from.step, from, 1, n, values, n);
        read(memory, typeOut, target + j * to.step, to, 1, n, sums, n);
        operations.add(sums, sums, values, values, n);
        write(memory, typeOut, target + j * to.step, to, 1, n, sums, n);
      }
    }
  };
}
