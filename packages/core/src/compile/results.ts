// What a run of a compiled function gives.
import type { Backend } from "../backend.ts";
import { isTensor } from "../trace/tensor.ts";
import { mapTree } from "../trace/tree.ts";
import { allOrNothing } from "./allOrNothing.ts";
import { NDArray } from "./ndarray.ts";
import type { Living } from "./reclaim.ts";

/** New arrays, and the tree that the function returned with them in it: all of them or none. `living` counts them. */
export function makeResults(
  result: unknown,
  backend: Backend,
  living?: Living,
): { readonly tree: unknown; readonly arrays: readonly NDArray[] } {
  return allOrNothing((keep) => {
    const arrays: NDArray[] = [];
    const tree = mapTree(result, isTensor, (leaf, path) => {
      if (!isTensor(leaf)) return leaf;
      const made = keep(new NDArray(backend, leaf.dtype, leaf.shape, { name: path || "result", axes: leaf.axes }, living));
      arrays.push(made);
      return made;
    });
    return { tree, arrays };
  });
}
