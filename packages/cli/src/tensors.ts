// Named tensors as a table.
import { aligned, count, countOf } from "./terminal.ts";

export interface TensorRow {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly number[];
}

/** Tables are cut after so many rows. */
const mostRows = 200;

export function describeTensors(tensors: readonly TensorRow[]): readonly string[] {
  const numbers = tensors.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const rows = tensors.slice(0, mostRows).map(({ name, type, shape }) => [name, type, `[${shape.join(", ")}]`, count(sizeOf(shape))]);
  const more = tensors.length > mostRows ? `\n  … and ${count(tensors.length - mostRows)} more (--json tells all)` : "";
  return [
    aligned([["tensor", "type", "shape", "numbers"], ...rows], [3]) + more,
    `${countOf(tensors.length, "tensor")}, ${countOf(numbers, "number")}`,
  ];
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}
