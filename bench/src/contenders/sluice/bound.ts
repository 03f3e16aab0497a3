// From numbers on the host to arrays on the backend, and from a binding to what is timed.
import { array, type Backend, type Binding, type HostArray, mapTree, type NDArray, type Tensor } from "@sluice/core";
import type { Work } from "../contender.ts";

export type Arrays = Readonly<Record<string, HostArray>>;
export type Tensors = Readonly<Record<string, Tensor>>;

/** A tree of host arrays, with what stands for each while tracing. */
export type Traced<T> = T extends HostArray ? Tensor : { readonly [K in keyof T]: Traced<T[K]> };
/** And with arrays on a backend. */
export type Uploaded<T> = T extends HostArray ? NDArray : { readonly [K in keyof T]: Uploaded<T[K]> };

export function uploaded<T>(backend: Backend, tree: T): Uploaded<T> {
  const upload = (leaf: unknown, name: string): NDArray => {
    const host = leaf as HostArray; // as `isHostArray` found
    return array(backend, host.data, { ...host, name });
  };
  return mapTree(tree, isHostArray, upload) as Uploaded<T>; // an array for each host array
}

interface BoundOptions {
  /** What the host does ahead of each run. */
  readonly before?: () => void;
  /** How much of the last output the sync reads. Default its last number. */
  readonly read?: "number" | "whole";
}

/** `bind` compiles and binds. The result is all outputs, one after the other. */
export async function bound(
  bind: () => Promise<Binding<Tensor | readonly Tensor[]>>,
  { before = () => {}, read = "number" }: BoundOptions = {},
): Promise<Work> {
  const begin = performance.now();
  const { run, outputs, executor } = await bind();
  const compileMs = performance.now() - begin;
  const arrays: readonly NDArray[] = "size" in outputs ? [outputs] : outputs;
  const { backend, buffer, size } = arrays.at(-1)!;
  const end = new Float32Array(read === "whole" ? size : 1);
  return {
    executor,
    ...threadsIn(executor),
    compileMs,
    run() {
      before();
      run();
    },
    sync: () => backend.read(buffer, size - end.length, end.length, end),
    async result() {
      const parts = await Promise.all(arrays.map((one) => one.read()));
      return Float32Array.from(parts.flatMap((part) => [...part]));
    },
  };
}

/** "wasm simd f32x4, 2 threads": a backend that may split a run says whether it does. */
function threadsIn(executor: string): Pick<Work, "threads"> {
  const [, threads] = /\b(\d+) threads?\b/.exec(executor) ?? [];
  return threads === undefined ? {} : { threads: Number(threads) };
}

function isHostArray(leaf: unknown): boolean {
  return typeof leaf === "object" && leaf !== null && "dtype" in leaf;
}
