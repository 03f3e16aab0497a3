// Runs structures through core's public API. Each is traced and compiled once per backend, then fed fresh data.
import { compile, type Backend, type HostArray, type NDArray, type Tensor } from "@sluice/core";
import { keyOf } from "@sluice/core/kit";
import type { Bounded } from "../oracle/index.ts";
import type { Float } from "../rounding.ts";
import { leaves, mapTree, type Tree } from "../tree.ts";
import type { Read } from "./agree.ts";

/** A compiled function, without the types that mirror its trees: those are data here. */
type Call = (inputs: Tree<HostArray>) => Promise<Tree<NDArray>>;

/** Runs what `trace` makes of a structure, compiled at its first use on a backend. A structure is plain data. */
export function compiled<S>(
  trace: (structure: S) => (inputs: never) => Tree<Tensor>,
): (backend: Backend, structure: S, inputs: Tree<HostArray>) => Promise<Tree<Read>> {
  const made = new WeakMap<Backend, Map<string, Call>>();
  return async (backend, structure, inputs) => {
    const known = made.get(backend) ?? new Map<string, Call>();
    made.set(backend, known);
    const key = keyOf(structure);
    const call = known.get(key) ?? (compile(backend, trace(structure) as (inputs: never) => unknown) as unknown as Call);
    known.set(key, call);
    return readAll(await call(inputs));
  };
}

/** The numbers as what a compiled function takes. */
export function hostedIn(dtype: Float): (x: Bounded) => HostArray {
  return ({ shape, value }) => ({ dtype, shape, data: dtype === "f32" ? Float32Array.from(value) : value });
}

async function readAll(arrays: Tree<NDArray>): Promise<Tree<Read>> {
  const read = await Promise.all(leaves(arrays).map(async ([path, array]) => [path, await array.read()] as const));
  const data = new Map(read);
  return mapTree(arrays, (array, path) => {
    array.dispose();
    return { shape: array.shape, data: data.get(path)! };
  });
}
