// The options of a layer as they were given: its name stays in their type.
import { given, type Table } from "../options/table.ts";
import type { LayerName, Naming } from "./known.ts";

/** As `given`. */
export function namedOptions<C, N extends LayerName>(who: string, table: Table<C>, options: C & Naming<N>): C & Naming<N> {
  return given<C>(who, table, options) as C & Naming<N>; // a copy of them
}
