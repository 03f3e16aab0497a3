// Any traced function as something to call, on any backend.
import { checkBackend } from "../arguments/backend.ts";
import { checkCount, checkFunction, checkText } from "../arguments/checks.ts";
import { options as named } from "../arguments/options.ts";
import type { Backend } from "../backend.ts";
import { dispose } from "../dispose.ts";
import { SluiceError } from "../errors.ts";
import { mapTree } from "../trace/tree.ts";
import { arraysOf, checkAlive, isLeaf, toArray } from "./arguments.ts";
import type { Binding, Compiled, CompileOptions } from "./compiled.ts";
import { Executables, type Prepared } from "./executables.ts";
import type { HostArray } from "../host/hostArray.ts";
import { NDArray } from "./ndarray.ts";
import { collect, type Living } from "./reclaim.ts";
import { makeResults } from "./results.ts";

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
  const executables = new Executables(backend, name, fn, cacheSize);
  const close = (): void => executables.dispose();
  return Object.assign((...args: readonly unknown[]) => call(backend, name, executables, args), {
    bind: (...args: readonly unknown[]) => bind(backend, name, executables, args),
    program: (...args: readonly unknown[]) => executables.program(args),
    dispose: close,
    [dispose]: close,
  });
}

/** Backends that wait for the engine to collect, which later calls wait for too: they take effect in their order. */
const collecting = new WeakMap<Backend, Promise<void>>();

/** One run. Where there is no room, results that nobody holds any more may be what fills it: once they are gone it is tried again. */
async function call(backend: Backend, name: string, executables: Executables, args: readonly unknown[]): Promise<unknown> {
  const prepared = await executables.prepare(args),
    { results } = executables;
  try {
    for (let wait = collecting.get(backend); wait !== undefined; wait = collecting.get(backend)) await wait;
    const { tree, arrays } = await onceThereIsRoom(backend, results, () => runOnce(backend, name, prepared, results, args));
    if (results.areMany(arrays.length)) await results.letGo(arrays.length);
    return tree;
  } finally {
    prepared.leave();
  }
}

/** What `run` gives, at once or after the engine has collected. */
async function onceThereIsRoom<T>(backend: Backend, living: Living, run: () => T): Promise<T> {
  try {
    return run();
  } catch (error) {
    if (!isOutOfMemory(error) || living.count === 0) throw error;
  }
  const collected = collect(living).then(() => void collecting.delete(backend));
  collecting.set(backend, collected);
  await collected;
  return run();
}

/** What is given as numbers lives for the run alone. */
function runOnce(
  backend: Backend,
  name: string,
  prepared: Prepared,
  living: Living,
  args: readonly unknown[],
): ReturnType<typeof makeResults> {
  const temporary: NDArray[] = [];
  const onBackend = (leaf: unknown): NDArray => {
    if (leaf instanceof NDArray) return leaf;
    const made = toArray(backend, leaf as HostArray); // as `prepare` has seen
    temporary.push(made);
    return made;
  };
  try {
    const inputs = arraysOf(
      args.map((arg) => mapTree(arg, isLeaf, onBackend)),
      backend,
      name,
    ).map((x) => x.buffer);
    const results = makeResults(prepared.result, backend, living);
    try {
      prepared.executable.run([...inputs, ...results.arrays.map((x) => x.buffer)]);
    } catch (error) {
      for (const x of results.arrays) x.dispose();
      throw error;
    }
    return results;
  } finally {
    for (const x of temporary) x.dispose();
  }
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof SluiceError && error.code === "OUT_OF_MEMORY";
}

/** Fixed arrays, and results of its own. */
async function bind(backend: Backend, name: string, executables: Executables, args: readonly unknown[]): Promise<Binding<unknown>> {
  const inputs = arraysOf(args, backend, name),
    prepared = await executables.prepare(args);
  try {
    checkAlive(inputs);
    return bound(name, prepared, inputs, makeResults(prepared.result, backend));
  } catch (error) {
    prepared.leave();
    throw error;
  }
}

function bound(name: string, prepared: Prepared, inputs: readonly NDArray[], outputs: ReturnType<typeof makeResults>): Binding<unknown> {
  const { executable, program } = prepared,
    arrays = [...inputs, ...outputs.arrays],
    buffers = arrays.map((x) => x.buffer);
  let isOpen = true;
  const close = (): void => {
    if (!isOpen) return;
    isOpen = false;
    for (const x of outputs.arrays) x.dispose();
    prepared.leave();
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
}
