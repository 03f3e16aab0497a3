// What a run of a compiled function gives.
import type { Backend } from "../backend.ts";
import { isTensor } from "../trace/tensor.ts";
import { mapTree } from "../trace/tree.ts";
import { allOrNothing } from "./allOrNothing.ts";
import { NDArray } from "./ndarray.ts";

/** New arrays, and the tree that the function returned with them in it: all of them or none. */
export function makeResults(result: unknown, backend: Backend): { readonly tree: unknown; readonly arrays: readonly NDArray[] } {
  return allOrNothing((keep) => {
    const arrays: NDArray[] = [];
    const tree = mapTree(result, isTensor, (leaf, path) => {
      if (!isTensor(leaf)) return leaf;
      const made = keep(new NDArray(backend, leaf.dtype, leaf.shape, { name: path || "result", axes: leaf.axes }));
      arrays.push(made);
      return made;
    });
    return { tree, arrays };
  });
}
