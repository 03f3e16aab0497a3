// What we use of TensorFlow.js. Its own types are there only where it is installed.
import type { HostArray } from "@sluice/core";
import type { Work } from "../contender.ts";
import { importPeer } from "../installed.ts";

export type TfBackend = "cpu" | "wasm";

/** TensorFlow.js on one of its backends. Throws `NotInstalled`. */
export async function load(backend: TfBackend): Promise<TensorFlow> {
  console.warn = () => {}; // its advice to install another build
  const { default: tf } = (await importPeer("@tensorflow/tfjs")) as { readonly default: TensorFlow };
  if (backend === "wasm") await importPeer("@tensorflow/tfjs-backend-wasm"); // registers itself
  tf.enableProdMode();
  if (!(await tf.setBackend(backend))) throw new Error(`has no ${backend} backend here`);
  await tf.ready();
  return tf;
}

export function tensor(tf: TensorFlow, { data, shape, dtype }: HostArray): TfTensor {
  return tf.tensor(data, [...shape], dtype === "i32" ? "int32" : "float32");
}

/** Runs that leave tensors; those of the run before are given back. Both backends compute at once, so that a read of one number syncs. */
export function repeated(tf: TensorFlow, run: () => readonly TfTensor[]): Work {
  let latest: readonly TfTensor[] = [];
  return {
    run() {
      tf.dispose(latest);
      latest = run();
    },
    async sync() {
      const last = latest.at(-1)!;
      const small = tf.tidy(() => tf.slice(last.reshape([last.size]), [last.size - 1], [1]));
      await small.data();
      small.dispose();
    },
    async result() {
      const parts = await Promise.all(latest.map((one) => one.data()));
      return Float32Array.from(parts.flatMap((part) => [...part]));
    },
  };
}

export interface TensorFlow {
  readonly version: Readonly<Record<string, string>>;
  enableProdMode(): void;
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
  tensor(data: ArrayLike<number>, shape: number[], dtype: string): TfTensor;
  zeros(shape: number[]): TfTensor;
  oneHot(index: TfTensor, depth: number): TfTensor;
  matMul(a: TfTensor, b: TfTensor, transposeA?: boolean, transposeB?: boolean): TfTensor;
  concat(parts: TfTensor[], axis: number): TfTensor;
  slice(x: TfTensor, begin: number[], size: number[]): TfTensor;
  stack(parts: TfTensor[], axis: number): TfTensor;
  conv1d(x: TfTensor, kernel: TfTensor, stride: number, pad: "valid", format: "NWC", dilation: number): TfTensor;
  pad(x: TfTensor, widths: [number, number][]): TfTensor;
  softmax(x: TfTensor): TfTensor;
  moments(x: TfTensor, axis: number): { readonly mean: TfTensor; readonly variance: TfTensor };
  tidy<T>(run: () => T): T;
  dispose(tensors: readonly TfTensor[]): void;
  grads(f: (...args: TfTensor[]) => TfTensor): (args: TfTensor[]) => TfTensor[];
  readonly fused: { matMul(config: { a: TfTensor; b: TfTensor; bias: TfTensor }): TfTensor };
  readonly losses: Readonly<Record<"meanSquaredError" | "softmaxCrossEntropy", (labels: TfTensor, y: TfTensor) => TfTensor>>;
  readonly layers: Readonly<Record<"lstm" | "gru" | "dense" | "embedding", (config: object) => unknown>>;
  readonly train: { adam(learningRate: number, beta1: number, beta2: number, epsilon: number): unknown };
  sequential(config: { layers: unknown[] }): TfModel;
}
export interface TfModel {
  compile(config: object): void;
  trainOnBatch(x: TfTensor, y: TfTensor): Promise<number>;
}
export interface TfTensor {
  readonly size: number;
  readonly shape: number[];
  add(other: TfTensor | number): TfTensor;
  rsqrt(): TfTensor;
  sub(other: TfTensor): TfTensor;
  mul(other: TfTensor | number): TfTensor;
  sigmoid(): TfTensor;
  tanh(): TfTensor;
  reshape(shape: number[]): TfTensor;
  transpose(axes: number[]): TfTensor;
  data(): Promise<Float32Array>;
  dispose(): void;
}
