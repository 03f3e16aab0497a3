// The end of a tile: its sums go to where the result lies.
import { type Code, type Local, bump, f32x4, get, ifElse, set } from "../../wasm/index.ts";
import { type Element, laneOffsets, loadLanes, lowestOffset, storeLanes } from "./vectors.ts";

/** How a result lies, distances in elements. */
export interface ResultLayout {
  readonly row: number;
  readonly column: number;
  readonly element: Element;
}

/** `lift` moves `out` once before tiles of these sums are stored to it; `code` stores one, added to what is there where `accumulate` says so. */
export function storeTile(
  { row, column, element }: ResultLayout,
  sums: readonly (readonly Local[])[],
  columns: number,
  { out, accumulate }: { readonly out: Local; readonly accumulate: Local },
): { readonly lift: Code; readonly code: Code } {
  const from = lowestOffset([0, 4 * row * (sums.length - 1)]) + lowestOffset([0, 4 * column * (columns - 1)]);
  const each = (make: (sum: Local, offsets: readonly number[]) => Code): Code =>
    sums.map((vectors, i) => laneOffsets(4 * i * row - from, 4 * column, columns).map((offsets, v) => make(vectors[v]!, offsets)));
  return {
    lift: bump(out, from),
    code: [
      ifElse(
        get(accumulate),
        each((sum, offsets) => set(sum, f32x4.add(get(sum), loadLanes(out, offsets, element)))),
      ),
      each((sum, offsets) => storeLanes(out, offsets, element, sum)),
    ],
  };
}
