// Trees of arrays by one call each: to a backend, back from it, and gone.
import { checkBackend } from "../arguments/backend.ts";
import { show } from "../arguments/show.ts";
import type { Backend } from "../backend.ts";
import { SluiceError } from "../errors.ts";
import type { HostArray } from "../host/hostArray.ts";
import type { Nested, NumericArray } from "../host/numbers.ts";
import { isSpec } from "../trace/trace.ts";
import { leavesOf, mapTree } from "../trace/tree.ts";
import { allOrNothing } from "./allOrNothing.ts";
import { isLeaf, toArray } from "./arguments.ts";
import { NDArray } from "./ndarray.ts";

/** A tree of numbers with an array on a backend in the place of each: of host arrays, typed arrays, numbers and lists of numbers. */
export type OnBackend<T> = T extends NDArray | HostArray | NumericArray | Nested ? NDArray : { readonly [K in keyof T]: OnBackend<T[K]> };

/** A tree of arrays on a backend with the numbers of each. */
export type OnHost<T> = T extends NDArray ? HostArray : { readonly [K in keyof T]: OnHost<T[K]> };

/**
 * The tree with each array on `backend`, named by its place in the tree; the caller's to dispose of, by `disposeAll`. All of them or none.
 *
 * A list of numbers is one array, a list of arrays a list of arrays. Throws INVALID_ARGUMENT for a leaf that is no numbers, and for one that
 * is on a backend already, whose owner could not be told from its borrower; otherwise as `array`.
 *
 * ```ts
 * const weights = toBackend(backend, initialise(lstm().weights({ input: 3, units: 8 }), { seed: 1 }));
 * ```
 */
export function toBackend<T>(backend: Backend, tree: T): OnBackend<T> {
  checkBackend("toBackend", backend);
  return allOrNothing(
    (keep) => mapTree(tree, isLeaf, (leaf, path) => keep(toArray(backend, numbersAt(leaf, path), path))) as OnBackend<T>, // each leaf became an array
  );
}

/**
 * The tree with the numbers of each array, as of this call: copies, which are the caller's. Throws INVALID_ARGUMENT for a leaf that is no
 * NDArray, DISPOSED for one that was disposed of, and what reading throws.
 */
export async function toHost<T>(tree: T): Promise<OnHost<T>> {
  const read = await Promise.all(arraysIn("toHost", tree).map(readHost));
  const inOrder = read.values();
  return mapTree(tree, isArray, () => inOrder.next().value) as OnHost<T>; // each array became its numbers
}

async function readHost(x: NDArray): Promise<HostArray> {
  const { dtype, shape, axes } = x;
  return { dtype, shape, ...(axes !== undefined && { axes }), data: await x.read() };
}

/** Disposes of every array in the tree; those that are gone already stay so. Throws INVALID_ARGUMENT for a leaf that is no NDArray; then none is gone. */
export function disposeAll(tree: unknown): void {
  for (const x of arraysIn("disposeAll", tree)) x.dispose();
}

function arraysIn(who: string, tree: unknown): NDArray[] {
  return leavesOf(tree, isArray).map(([path, leaf]) => {
    if (leaf instanceof NDArray) return leaf;
    const what = `${path || "the tree"} is no NDArray: ${show(leaf)}`;
    throw new SluiceError({ code: "INVALID_ARGUMENT", who, what, fix: "Pass what toBackend or a compiled function gave" });
  });
}

function isArray(value: unknown): boolean {
  return value instanceof NDArray;
}

function numbersAt(leaf: unknown, path: string): HostArray | NumericArray | Nested {
  const isOnHost = typeof leaf === "number" || Array.isArray(leaf) || ArrayBuffer.isView(leaf) || (isSpec(leaf) && "data" in leaf);
  if (isOnHost) return leaf as HostArray | NumericArray | Nested; // what is in it is read, and refused, by `array`
  throw new SluiceError({
    code: "INVALID_ARGUMENT",
    who: "toBackend",
    what: leaf instanceof NDArray ? `${path || "the tree"} is on a backend already` : `${path || "the tree"} is no numbers: ${show(leaf)}`,
    fix: leaf instanceof NDArray ? "Pass numbers, or use the array as it is" : "Pass arrays, numbers, or records and lists of them",
  });
}
