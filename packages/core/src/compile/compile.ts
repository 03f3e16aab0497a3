// Any traced function as something to call, on any backend.
import { checkBackend } from "../arguments/backend.ts";
import { checkCount, checkDType, checkElements, checkFunction, checkText } from "../arguments/checks.ts";
import { options as named } from "../arguments/options.ts";
import { maxRank } from "../arguments/rules.ts";
import { show } from "../arguments/show.ts";
import type { Backend, Executable, Program } from "../backend.ts";
import { dispose } from "../dispose.ts";
import { SluiceError } from "../errors.ts";
import { type Nested, type NumericArray, readNumbers } from "../host/numbers.ts";
import { isTensor } from "../trace/scan.ts";
import type { Tensor } from "../trace/tensor.ts";
import { isSpec, trace, type Spec, type Traced } from "../trace/trace.ts";
import { leavesOf, mapTree } from "../trace/tree.ts";
import { allOrNothing } from "./allOrNothing.ts";
import { Cache } from "./cache.ts";
import { lowerGraph } from "../pipeline/lowerGraph.ts";
import { release } from "./release.ts";
import { array, NDArray, type HostArray } from "./ndarray.ts";

/**
 * What may be passed where the function takes a tensor. Host arrays, numbers and lists are written for the call and freed after it.
 * A list of typed arrays is a list of arguments, each of its own; `array` makes one of them.
 */
export type ArrayInput = NDArray | HostArray | NumericArray | Nested;

/** A tree of tensors, with arrays in their place. */
export type Fed<T> = T extends Tensor
  ? ArrayInput
  : T extends readonly unknown[]
    ? { readonly [K in keyof T]: Fed<T[K]> }
    : T extends object
      ? { readonly [K in keyof T]: Fed<T[K]> }
      : T;
/** The same, of arrays on the backend. */
export type Bound<T> = T extends Tensor
  ? NDArray
  : T extends readonly unknown[]
    ? { readonly [K in keyof T]: Bound<T[K]> }
    : T extends object
      ? { readonly [K in keyof T]: Bound<T[K]> }
      : T;
/** Or of shapes and dtypes alone. */
export type Specs<T> = T extends Tensor
  ? Spec | ArrayInput
  : T extends readonly unknown[]
    ? { readonly [K in keyof T]: Specs<T[K]> }
    : T extends object
      ? { readonly [K in keyof T]: Specs<T[K]> }
      : T;

export interface CompileOptions {
  /** For errors and printing. Default: the function's own name. */
  readonly name?: string;
  /** How many shapes stay compiled. Default 16. */
  readonly cacheSize?: number;
}

/** A function bound to fixed arrays: the way to run it again and again. */
export interface Binding<R> {
  /** Enqueues one run; allocates nothing. Throws DISPOSED once an array or the binding is gone. */
  run(): void;
  /** The results, overwritten by each run; they belong to the binding. */
  readonly outputs: Bound<R>;
  readonly program: Program;
  /** What really runs it. */
  readonly executor: string;
  dispose(): void;
  [Symbol.dispose](): void;
}

export interface Compiled<A extends readonly unknown[], R> {
  /** Runs once; the results belong to the caller. Compiles for shapes it has not seen. */
  (...args: { [K in keyof A]: Fed<A[K]> }): Promise<Bound<R>>;
  bind(...args: { [K in keyof A]: Bound<A[K]> }): Promise<Binding<R>>;
  /** What would run for arrays, or specs, of these shapes. */
  program(...args: { [K in keyof A]: Specs<A[K]> }): Program;
  /** Frees what was compiled. Arrays and bindings live on until disposed of themselves. */
  dispose(): void;
  [Symbol.dispose](): void;
}

/** A compilation under way, or done. */
interface Entry {
  readonly pending: Promise<Ready>;
  ready?: Ready;
}

interface Ready {
  readonly traced: Traced;
  readonly program: Program;
  readonly executable: Executable<unknown>;
  refCount: number;
  isEvicted: boolean;
}

/**
 * `fn`, traced once per combination of shapes and dtypes, as an async function on `backend`.
 *
 * `fn` takes trees (records, lists) of tensors and returns one; it may take gradients and assign to its arguments.
 * Calling throws whatever tracing throws; INVALID_ARGUMENT for an array of another backend; what the backend throws.
 *
 * ```ts
 * const norm = compile(backend, (x: Tensor) => sqrt(square(x).sum()));
 * const result = await norm([3, 4]);
 * await result.read(); // Float32Array [5]
 * ```
 */
export function compile<A extends readonly unknown[], R>(backend: Backend, fn: (...args: A) => R, options?: CompileOptions): Compiled<A, R>;
export function compile(backend: Backend, fn: (...args: never[]) => unknown, options: CompileOptions = {}): unknown {
  checkBackend("compile", backend);
  checkFunction("compile", "fn", fn);
  const { name = fn.name || "function", cacheSize = 16 } = named("compile", options, { name: true, cacheSize: true });
  checkText("compile", "name", name);
  checkCount("compile", "cacheSize", cacheSize);
  const evict = (ready: Ready): void => {
    ready.isEvicted = true;
    releaseUse(ready, 0);
  };
  /** One user fewer; what was dropped goes with its last user. */
  const releaseUse = (ready: Ready, users = 1): void => {
    ready.refCount -= users;
    if (ready.refCount === 0 && ready.isEvicted) release(() => ready.executable.destroy());
  };
  const cache = new Cache<Entry>(cacheSize, ({ ready, pending: coming }) =>
    ready === undefined ? void coming.then(evict, () => undefined) : evict(ready),
  );
  let isDisposed = false;

  const prepare = (args: readonly unknown[]): Promise<Ready> => {
    if (isDisposed)
      throw new SluiceError({ code: "DISPOSED", who: name, what: "the compiled function was disposed of", fix: "Compile it again" });
    const specs = specsOf(args),
      key = JSON.stringify(specs),
      known = cache.get(key);
    if (known !== undefined) return known.pending;
    const traced = trace(name, fn, specs),
      program = lowerGraph(traced.graph, backend.supports);
    const coming = Promise.resolve(backend.compile(program)).then(
      (executable): Ready => (entry.ready = { traced, program, executable, refCount: 0, isEvicted: false }),
    );
    const entry: Entry = { pending: coming };
    coming.catch(() => {
      if (cache.get(key) === entry) cache.delete(key); // another may have come after this one went
    });
    cache.set(key, entry);
    return coming;
  };
  const bind = async (...args: readonly unknown[]): Promise<Binding<unknown>> => {
    const inputs = buffersOf(args, backend, name),
      ready = await prepare(args),
      { executable, program } = ready;
    checkAlive(inputs);
    const outputs = results(ready, backend),
      arrays = [...inputs, ...outputs.arrays],
      buffers = arrays.map((x) => x.buffer);
    let isOpen = true;
    ready.refCount++;
    const close = (): void => {
      if (!isOpen) return;
      isOpen = false;
      for (const x of outputs.arrays) x.dispose();
      releaseUse(ready);
    };
    return {
      outputs: outputs.tree as Binding<unknown>["outputs"],
      program,
      executor: executable.executor,
      run() {
        if (!isOpen)
          throw new SluiceError({ code: "DISPOSED", who: name, what: "the binding was disposed of", fix: "Bind the arrays again" });
        for (let i = 0; i < arrays.length; i++) buffers[i] = arrays[i]!.buffer;
        executable.run(buffers);
      },
      dispose: close,
      [dispose]: close,
    };
  };
  const call = async (...args: readonly unknown[]): Promise<unknown> => {
    const ready = await prepare(args),
      temporary: NDArray[] = [];
    ready.refCount++;
    try {
      const arrays = args.map((arg) =>
        mapTree(arg, isLeaf, (leaf) => (leaf instanceof NDArray ? leaf : keep(temporary, toArray(backend, leaf as HostArray)))),
      );
      const inputs = buffersOf(arrays, backend, name),
        given = inputs.map((x) => x.buffer),
        outputs = results(ready, backend);
      try {
        ready.executable.run([...given, ...outputs.arrays.map((x) => x.buffer)]);
      } catch (error) {
        for (const x of outputs.arrays) x.dispose();
        throw error;
      }
      return outputs.tree;
    } finally {
      releaseUse(ready);
      for (const t of temporary) t.dispose();
    }
  };
  const program = (...args: readonly unknown[]): Program => lowerGraph(trace(name, fn, specsOf(args)).graph, backend.supports);
  const close = (): void => {
    isDisposed = true;
    cache.clear();
  };
  return Object.assign(call, { bind, program, dispose: close, [dispose]: close });
}

/** Is it one array, however given? A list is one if it holds numbers at the bottom. */
function isLeaf(value: unknown): boolean {
  if (typeof value !== "object" || value === null || isSpec(value)) return true;
  if (!Array.isArray(value)) return false;
  let first: unknown = value;
  for (let depth = 0; Array.isArray(first) && depth <= maxRank; depth++) first = (first as readonly unknown[])[0];
  return typeof first === "number" || Array.isArray(first); // a list that never ends is refused where it is read
}

function specsOf(args: readonly unknown[]): unknown[] {
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

function toArray(backend: Backend, leaf: HostArray | NumericArray | Nested): NDArray {
  return isSpec(leaf) ? array(backend, (leaf as HostArray).data, leaf) : array(backend, leaf as NumericArray | Nested);
}

function keep<T>(list: T[], item: T): T {
  list.push(item);
  return item;
}

/** The arrays of a call in the order of the inputs. Throws INVALID_ARGUMENT for one of another backend, or none, or twice the same. */
function buffersOf(args: readonly unknown[], backend: Backend, name: string): NDArray[] {
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
  const twice = arrays.find((x, i) => arrays.indexOf(x) !== i);
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
function checkAlive(arrays: readonly NDArray[]): void {
  for (const x of arrays) void x.buffer;
}

/** New arrays for the results, in the tree that the function returned: all of them or none. */
function results({ traced }: Ready, backend: Backend): { tree: unknown; arrays: NDArray[] } {
  return allOrNothing((keepMade) => {
    const arrays: NDArray[] = [];
    const tree = mapTree(traced.result, isTensor, (leaf, path) =>
      isTensor(leaf)
        ? keep(arrays, keepMade(new NDArray(backend, leaf.dtype, leaf.shape, { name: path || "result", axes: leaf.axes })))
        : leaf,
    );
    return { tree, arrays };
  });
}
