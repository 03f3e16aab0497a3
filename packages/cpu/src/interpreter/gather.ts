// gather: row by row through a register, NaN for rows outside the table.
import type { DType, GatherStep } from "@sluice/core";
import type { Launch } from "@sluice/core/kit";
import type { Buffer } from "../memory/buffer.ts";
import { resolveStarts } from "./grid.ts";
import { type Machine, block } from "./machine.ts";
import { read, write } from "./transfer.ts";

export function gather({ memory, register }: Machine, { table, index, out }: GatherStep, dtypes: readonly DType[]): Launch<Buffer> {
  const [count, width] = out.shape as [number, number];
  const rows = table.shape[0]!;
  const [type, typeOut] = [dtypes[table.slot]!, dtypes[out.slot]!];
  const from = { row: 0, step: table.strides[1]! };
  const to = { row: 0, step: out.strides[1]! };
  const values = register(0);
  const views = [index, table, out];
  const at = [0, 0, 0];
  return (slots, t) => {
    resolveStarts(views, slots, t, at);
    for (let i = 0; i < count; i++) {
      const row = memory.i32[at[0]! + i * index.strides[0]!]!;
      const inside = row >= 0 && row < rows;
      const source = at[1]! + row * table.strides[0]!;
      const target = at[2]! + i * out.strides[0]!;
      for (let j = 0; j < width; j += block) {
        const n = Math.min(block, width - j);
        if (inside) read(memory, type, source + j * from.step, from, 1, n, values, n);
        else values.fill(NaN, 0, n);
        write(memory, typeOut, target + j * to.step, to, 1, n, values, n);
      }
    }
  };
}
