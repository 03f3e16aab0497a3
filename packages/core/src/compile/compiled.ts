// What a compiled function is to its callers: what it takes, what it gives, and how it is bound.
import type { Program } from "../backend.ts";
import type { Nested, NumericArray } from "../host/numbers.ts";
import type { Tensor } from "../trace/tensor.ts";
import type { Spec } from "../trace/trace.ts";
import type { HostArray } from "../host/hostArray.ts";
import type { NDArray } from "./ndarray.ts";

/**
 * What may be passed where the function takes a tensor. Host arrays, numbers and lists are written for the call and freed after it.
 * A list of typed arrays is a list of arguments, each of its own; `array` makes one of them.
 */
export type ArrayInput = NDArray | HostArray | NumericArray | Nested;

/** A tree of tensors with something else in the place of each. */
export type InPlaceOfTensors<T, Leaf> = T extends Tensor
  ? Leaf
  : T extends readonly [] | readonly [unknown, ...unknown[]]
    ? { readonly [K in keyof T]: InPlaceOfTensors<T[K], Leaf> }
    : T extends readonly (infer One)[]
      ? ListInPlace<One, Leaf>
      : T extends object
        ? { readonly [K in keyof T]: InPlaceOfTensors<T[K], Leaf> }
        : T;

/** An interface, as the compiler looks into those only where it must: any tree of tensors has lists in it without end. */
interface ListInPlace<T, Leaf> extends ReadonlyArray<InPlaceOfTensors<T, Leaf>> {}

/** With arrays, however given. */
export type Fed<T> = InPlaceOfTensors<T, ArrayInput>;
/** With arrays on the backend. */
export type Bound<T> = InPlaceOfTensors<T, NDArray>;
/** With shapes and dtypes alone, or arrays that have them. */
export type Specs<T> = InPlaceOfTensors<T, Spec | ArrayInput>;

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
