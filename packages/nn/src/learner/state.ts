// What lives from batch to batch beside the weights: arrays on a backend, known by their place in the caller's tree.
import {
  allOrNothing,
  array,
  type Backend,
  type HostArray,
  leavesOf,
  mapTree,
  type NDArray,
  SluiceError,
  type Tensor,
  tensorsOf,
  type Tree,
} from "@sluice/core";
import { maxRank, refused } from "@sluice/core/arguments";
import { dtypeOf } from "@sluice/core/kit";
import { entryOf } from "../host/entryOf.ts";
import { hostNumbers, type Numbers } from "../host/hostNumbers.ts";
import { typedArray } from "../host/typedArray.ts";
import { isRecord } from "../options/table.ts";
import { checkFinite } from "../weights/finite.ts";

type Named<T> = Readonly<Record<string, T>>;

export class State {
  /** By place, "0.h". */
  readonly arrays: Named<NDArray>;
  /** The caller's, with the path of each array. */
  readonly #tree: unknown;
  readonly #start: Named<HostArray>;

  /** Whole numbers in typed arrays stay i32, all others are `dtype`. Throws INVALID_ARGUMENT for what is no numbers, and what the backend throws; then nothing is held. */
  constructor(backend: Backend, tree: unknown, dtype: "f32" | "f64", who: string) {
    const leaves = leavesOf(tree, isNumbers);
    this.#tree = mapTree(tree, isNumbers, (_, path) => path);
    this.#start = Object.fromEntries(leaves.map(([path, leaf]) => [path, stateArray(leaf, path, dtype, who)]));
    if (Object.keys(this.#start).length < leaves.length) throw refused(who, "state", tree, "a tree with one array at each path");
    this.arrays = allOrNothing((keep) =>
      Object.fromEntries(
        Object.entries(this.#start).map(([path, start]) => [path, keep(array(backend, start.data, { ...start, name: path }))]),
      ),
    );
  }

  /** The caller's tree with something for each array. */
  nested<T>(by: Named<T>): unknown {
    return mapTree(
      this.#tree,
      (leaf) => typeof leaf === "string",
      (_, path) => by[path],
    );
  }

  /** The tensors of such a tree, by place. Throws INVALID_ARGUMENT, SHAPE_MISMATCH or DTYPE_MISMATCH where it is another tree. */
  tensorsIn(tree: unknown, who: string): Named<Tensor> {
    const given = new Map(tensorsOf(tree as Tree<Tensor>)); // which checks it
    const unknown = [...given.keys()].find((path) => !Object.hasOwn(this.#start, path));
    if (unknown !== undefined)
      throw refused(who, `state.${unknown}`, "a tensor", "left out: there is no such state", Object.keys(this.#start));
    return Object.fromEntries(Object.entries(this.#start).map(([path, start]) => [path, checked(given.get(path), start, path, who)]));
  }

  /** Copies by place, as of this call. */
  async read(): Promise<Named<HostArray>> {
    const read = await Promise.all(Object.entries(this.arrays).map(async ([path, x]) => [path, await x.read()] as const));
    return Object.fromEntries(read.map(([path, data]) => [path, { ...entryOf(this.#start, path), data }]));
  }

  /** Numbers for each array, or those it started with. Throws as the constructor, and SHAPE_MISMATCH; then nothing is written. */
  write(tree: unknown, who: string): void {
    const leaves = new Map(leavesOf(tree, isNumbers));
    const made = Object.entries(this.#start).map(([path, { dtype, shape }]) => {
      const next = stateArray(leaves.get(path), path, dtype === "f64" ? "f64" : "f32", who);
      if (next.shape.join() !== shape.join() || next.dtype !== dtype) throw misfit(who, path, { dtype, shape }, next);
      return [path, next] as const;
    });
    if (leaves.size > made.length) throw refused(who, "state", tree, `a tree with ${Object.keys(this.#start).join(", ")} alone`);
    for (const [path, { data }] of made) entryOf(this.arrays, path).write(data);
  }

  /** As it was at first. */
  reset(): void {
    for (const [path, { data }] of Object.entries(this.#start)) entryOf(this.arrays, path).write(data);
  }

  dispose(): void {
    for (const one of Object.values(this.arrays)) one.dispose();
  }
}

/** An array of numbers, however given; a list of numbers is one, a list of arrays a list of arrays. */
function isNumbers(value: unknown): boolean {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return true;
  if (!Array.isArray(value)) return isRecord(value) && "data" in value && "shape" in value;
  let first: unknown = value;
  for (let depth = 0; Array.isArray(first) && depth <= maxRank; depth++) first = (first as readonly unknown[])[0];
  return typeof first === "number" || Array.isArray(first); // a list that never ends is refused where it is read
}

function stateArray(leaf: unknown, path: string, float: "f32" | "f64", who: string): HostArray {
  const { data, shape } = hostNumbers(leaf as Numbers, who, `state.${path}`); // which checks it
  const isWhole = typeof leaf === "object" && dtypeOf(data as never) === "i32"; // of lists all are floats
  const made = typedArray(isWhole ? "i32" : float, data.length);
  made.set(data as never); // any kind of numbers
  const axes = isRecord(leaf) && Array.isArray(leaf["axes"]) ? (leaf["axes"] as HostArray["axes"]) : undefined;
  const array: HostArray = { dtype: isWhole ? "i32" : float, shape: [...shape], data: made };
  checkFinite(array, `state.${path}`, who);
  return { ...array, ...(axes !== undefined && { axes }) };
}

function checked(next: Tensor | undefined, start: HostArray, path: string, who: string): Tensor {
  if (next === undefined) throw refused(who, `state.${path}`, next, "a tensor, as it came in");
  if (next.shape.join() === start.shape.join() && next.dtype === start.dtype) return next;
  throw misfit(who, path, start, next);
}

function misfit(
  who: string,
  path: string,
  wanted: Pick<HostArray, "dtype" | "shape">,
  got: Pick<HostArray, "dtype" | "shape">,
): SluiceError {
  const text = ({ dtype, shape }: Pick<HostArray, "dtype" | "shape">): string => `${dtype} [${shape.join(", ")}]`;
  return new SluiceError({
    code: wanted.dtype === got.dtype ? "SHAPE_MISMATCH" : "DTYPE_MISMATCH",
    who,
    what: `state.${path} is ${text(wanted)}, got ${text(got)}`,
    facts: { state: path, expected: wanted.shape, got: got.shape },
  });
}
