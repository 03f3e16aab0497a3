// Some samples of a dataset, in place.
import type { TypedArray } from "@sluice/core";
import type { Named } from "../model/graph.ts";
import type { Column } from "./column.ts";
import type { Dataset } from "./dataset.ts";

/** Those from … to − 1; their numbers lie where they lay. */
export function partOf({ x, y, lengths, weight, weights, ...rest }: Dataset, from: number, to: number): Dataset {
  const each = (columns: Named<Column>): Named<Column> =>
    Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, rowsOf(column, from, to)]));
  return {
    ...rest,
    samples: to - from,
    x: each(x),
    y: each(y),
    lengths: each(lengths),
    weight: rowsOf(weight, from, to),
    weights: each(weights),
  };
}

function rowsOf({ data, size, axes, counted, verify }: Column, from: number, to: number): Column {
  const part = (array: TypedArray, width: number): TypedArray => array.subarray(from * width, to * width);
  return {
    ...{ data: part(data, size), size, axes },
    ...(counted !== undefined && { counted: { ...counted, lengths: part(counted.lengths, 1) } }),
    ...(verify !== undefined && { verify: (row, index) => verify(row, index + from) }),
  };
}
