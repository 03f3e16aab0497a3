// What we use of jax-js. Its own types are there only where it is installed.
//
// An array is used up by whatever it is passed to; `.ref` keeps it for one more use.
import type { HostArray, TypedArray } from "@sluice/core";
import type { Work } from "../contender.ts";
import { importPeer } from "../installed.ts";

/** jax-js on its WebAssembly device. Throws `NotInstalled`. */
export async function load(): Promise<Jax> {
  const { default: jax } = (await importPeer("@jax-js/jax")) as { readonly default: Jax };
  await jax.init("wasm");
  jax.defaultDevice("wasm");
  return jax;
}

export function array({ numpy: np }: Jax, { data, shape, dtype }: HostArray): JaxArray {
  return np.array(data, { dtype: dtype === "i32" ? np.int32 : np.float32 }).reshape([...shape]);
}

export function arrays<K extends string>(jax: Jax, record: Readonly<Record<K, HostArray>>): Arrays<K> {
  const entries = Object.entries<HostArray>(record).map(([name, host]) => [name, array(jax, host)]);
  return Object.fromEntries(entries) as Arrays<K>; // the names of `record`
}

/** Every array of the record once more. */
export function again<K extends string>(record: Arrays<K>): Arrays<K> {
  const entries = Object.entries<JaxArray>(record).map(([name, one]) => [name, one.ref]);
  return Object.fromEntries(entries) as Arrays<K>; // the names of `record`
}

/** Runs that leave arrays; those of the run before are given back. They are evaluated once they are waited for. */
export function repeated(jax: Jax, run: () => readonly JaxArray[]): Work {
  let latest: readonly JaxArray[] = [];
  return {
    run() {
      for (const one of latest) one.dispose();
      latest = run();
    },
    sync: () => jax.blockUntilReady(latest),
    async result() {
      const parts = await Promise.all(latest.map((one) => one.ref.data()));
      return Float32Array.from(parts.flatMap((part) => [...part]));
    },
  };
}

export type Arrays<K extends string = string> = Readonly<Record<K, JaxArray>>;

/** A tree of arrays. */
export type JaxTree = JaxArray | readonly JaxTree[] | { readonly [name: string]: JaxTree };

export interface Jax {
  init(device: "wasm"): Promise<unknown>;
  defaultDevice(device: "wasm"): unknown;
  jit<A extends readonly JaxTree[], R extends JaxTree>(f: (...args: A) => R): (...args: A) => R;
  grad<A extends JaxTree, R>(f: (at: A) => JaxArray): (at: A) => R;
  valueAndGrad<A extends JaxTree>(f: (at: A) => JaxArray): (at: A) => [JaxArray, A];
  blockUntilReady(tree: JaxTree): Promise<unknown>;
  readonly numpy: {
    readonly float32: unknown;
    readonly int32: unknown;
    array(data: TypedArray, options: { readonly dtype: unknown }): JaxArray;
    zeros(shape: number[]): JaxArray;
    matmul(a: JaxArray, b: JaxArray): JaxArray;
    split(x: JaxArray, at: number | number[], axis: number): JaxArray[];
    stack(parts: JaxArray[], axis: number): JaxArray;
    concatenate(parts: JaxArray[], axis: number): JaxArray;
    transpose(x: JaxArray, axes: number[]): JaxArray;
    mean(x: JaxArray, axis?: number): JaxArray;
    sqrt(x: JaxArray): JaxArray;
    square(x: JaxArray): JaxArray;
    tanh(x: JaxArray): JaxArray;
  };
  readonly lax: {
    /** x [batch, input, steps], kernel [filters, input, size]. */
    convWithGeneralPadding(
      x: JaxArray,
      kernel: JaxArray,
      strides: number[],
      padding: [number, number][],
      lhsDilation: number[] | undefined,
      rhsDilation: number[],
    ): JaxArray;
  };
  readonly nn: {
    sigmoid(x: JaxArray): JaxArray;
    softmax(x: JaxArray): JaxArray;
    logSoftmax(x: JaxArray): JaxArray;
    oneHot(index: JaxArray, classes: number): JaxArray;
  };
}
export interface JaxArray {
  readonly ref: JaxArray;
  readonly shape: number[];
  add(other: JaxArray | number): JaxArray;
  sub(other: JaxArray | number): JaxArray;
  mul(other: JaxArray | number): JaxArray;
  div(other: JaxArray | number): JaxArray;
  neg(): JaxArray;
  sum(): JaxArray;
  reshape(shape: number[]): JaxArray;
  /** One index drops its axis. */
  slice(...index: readonly number[]): JaxArray;
  data(): Promise<TypedArray>;
  dispose(): void;
}
