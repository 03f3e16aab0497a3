// What is passed to a compiled function: its shapes, and its arrays in the order of the inputs.
import { checkDType, checkElements } from "../arguments/checks.ts";
import { maxRank } from "../arguments/rules.ts";
import { show } from "../arguments/show.ts";
import type { Backend } from "../backend.ts";
import { SluiceError } from "../errors.ts";
import { type Nested, type NumericArray, readNumbers } from "../host/numbers.ts";
import { isSpec, type Spec } from "../trace/trace.ts";
import { leavesOf, mapTree } from "../trace/tree.ts";
import type { HostArray } from "../host/hostArray.ts";
import { array, NDArray } from "./ndarray.ts";

/** Is it one array, however given? A list is one if it holds numbers at the bottom. */
export function isLeaf(value: unknown): boolean {
  if (typeof value !== "object" || value === null || isSpec(value)) return true;
  if (!Array.isArray(value)) return false;
  let first: unknown = value;
  for (let depth = 0; Array.isArray(first) && depth <= maxRank; depth++) first = (first as readonly unknown[])[0];
  return typeof first === "number" || Array.isArray(first); // a list that never ends is refused where it is read
}

/** The shapes and dtypes of what is passed. Throws INVALID_ARGUMENT for what is no array. */
export function specsOf(args: readonly unknown[]): unknown[] {
  return args.map((arg, i) => mapTree(arg, isLeaf, specOf, `argument ${i + 1}`));
}

function specOf(leaf: unknown, path: string): Spec {
  if (isSpec(leaf)) {
    const { shape, dtype, axes } = leaf;
    checkDType("compile", `the dtype of ${path}`, dtype);
    checkElements("compile", `the shape of ${path}`, shape);
    return { shape, dtype, axes };
  }
  if (typeof leaf === "number" || Array.isArray(leaf) || ArrayBuffer.isView(leaf)) {
    const { shape, dtype } = readNumbers(leaf, { who: "compile", name: path });
    return { shape, dtype };
  }
  throw new SluiceError({
    code: "INVALID_ARGUMENT",
    who: "compile",
    what: `${path} is no array: ${show(leaf)}`,
    fix: leaf instanceof Promise ? "Await it first" : "Pass arrays, numbers, or records and lists of them",
  });
}

/** One array of a call, on the backend. */
export function toArray(backend: Backend, leaf: HostArray | NumericArray | Nested, path = ""): NDArray {
  const naming = path === "" ? {} : { name: path };
  return isSpec(leaf)
    ? array(backend, (leaf as HostArray).data, { ...leaf, ...naming })
    : array(backend, leaf as NumericArray | Nested, naming);
}

/** The arrays of a call in the order of the inputs. Throws INVALID_ARGUMENT for one of another backend, or none, or twice the same. */
export function arraysOf(args: readonly unknown[], backend: Backend, name: string): NDArray[] {
  const arrays = args
    .flatMap((arg, i) => leavesOf(arg, isLeaf).map(([path, leaf]) => [`argument ${i + 1}${path && `.${path}`}`, leaf] as const))
    .map(([path, leaf]) => {
      if (leaf instanceof NDArray && leaf.backend === backend) return leaf;
      const what =
        leaf instanceof NDArray
          ? `${path} (${leaf.name}) lives on another backend (${leaf.backend.name})`
          : `${path} is no NDArray: ${show(leaf)}`;
      throw new SluiceError({
        code: "INVALID_ARGUMENT",
        who: name,
        what,
        fix: "Make it with array(backend, …) on the backend that this function was compiled for",
      });
    });
  const seen = new Set<NDArray>(),
    twice = arrays.find((x) => seen.size === seen.add(x).size);
  if (twice !== undefined)
    throw new SluiceError({
      code: "INVALID_ARGUMENT",
      who: name,
      what: `the array ${twice.name} is passed twice`,
      fix: "Pass it once and use it twice inside the function",
    });
  return arrays;
}

/** Throws DISPOSED, before anything is allocated for the results. */
export function checkAlive(arrays: readonly NDArray[]): void {
  for (const x of arrays) void x.buffer;
}
