// When what a backend computed counts as right: within the bound that the oracle derives from the data and from the backend's accuracy.
import type { TypedArray } from "@sluice/core";
import type { Bounded } from "../oracle/index.ts";
import type { Float } from "../rounding.ts";
import { leaves, mapTree, type Shaped, type Tree } from "../tree.ts";

/** What came back from a backend. */
export interface Read extends Shaped {
  readonly data: TypedArray;
}

/**
 * Throws, naming the number, where `got` differs from `want` by more than is allowed: in f32 by more than the bound; in f64, where the
 * oracle rounds as well, by more than twice the bound and 10⁻⁹ of the tensor's largest number (norm-wise, tensor by tensor).
 */
export function agree(got: Tree<Read>, want: Tree<Bounded>, dtype: Float): void {
  const found = new Map(leaves(got));
  for (const [path, { shape, value, error }] of leaves(want)) {
    const read = found.get(path);
    if (read?.shape.join() !== shape.join())
      throw new Error(`${path} should have shape [${shape.join()}], got ${read ? `[${read.shape.join()}]` : "nothing"}`);
    const largest = value.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
    value.forEach((v, i) => {
      const allowed = dtype === "f32" ? error[i]! : 2 * error[i]! + 1e-9 * largest;
      if (!(Math.abs(read.data[i]! - v) <= allowed)) throw new Error(`${path}[${i}] should be ${v} ± ${allowed}, got ${read.data[i]}`);
    });
  }
}

/** What another way of computing `want` must give where one way gave `read`: both are within the bound, so apart by no more than two. */
export function either(read: Tree<Read>, want: Tree<Bounded>): Tree<Bounded> {
  const found = new Map(leaves(read));
  return mapTree(want, ({ shape, error }, path) => ({
    shape,
    value: Float64Array.from(found.get(path)!.data),
    error: error.map((e) => 2 * e),
  }));
}
