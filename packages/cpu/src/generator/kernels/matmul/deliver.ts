// The end of a tile: its sums go to where the result lies.
import { type Code, type Local, bump, f32x4, get, ifElse, set } from "../../wasm/index.ts";
import { type Element, groups, loadLanes, lowest, storeLanes } from "./vectors.ts";

/** How a result lies, distances in elements. */
export interface Grid {
  readonly row: number;
  readonly column: number;
  readonly element: Element;
}

/** `lift` moves `out` once before tiles of these sums are stored to it; `code` stores one, added to what is there where `accumulate` says so. */
export function deliver(
  { row, column, element }: Grid,
  sums: readonly (readonly Local[])[],
  columns: number,
  { out, accumulate }: { readonly out: Local; readonly accumulate: Local },
): { readonly lift: Code; readonly code: Code } {
  const from = lowest([0, 4 * row * (sums.length - 1)]) + lowest([0, 4 * column * (columns - 1)]);
  const each = (make: (sum: Local, places: readonly number[]) => Code): Code =>
    sums.map((vectors, i) => groups(4 * i * row - from, 4 * column, columns).map((places, v) => make(vectors[v]!, places)));
  return {
    lift: bump(out, from),
    code: [
      ifElse(
        get(accumulate),
        each((sum, places) => set(sum, f32x4.add(get(sum), loadLanes(out, places, element)))),
      ),
      each((sum, places) => storeLanes(out, places, element, sum)),
    ],
  };
}
