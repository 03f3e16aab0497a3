// Compiled and bound Programs, a few kept for the batch shapes that were used last.
import { compile, type Backend, type Binding, type Bound } from "@sluice/core";
import type { Spec } from "../layers/spec.ts";

/** Enough for training, validation and a few buckets of lengths. */
const kept = 8;

export interface Held {
  dispose(): void;
}

/** A traced function and the arrays it is bound to for good. */
export interface Call<I, R> {
  readonly backend: Backend;
  readonly name: string;
  readonly fn: (inputs: I) => R;
  readonly inputs: Bound<I>;
  /** What was made for it: disposed with it, and also where it cannot be made. */
  readonly held: readonly Held[];
}

/** What is compiled for a call lives as long as the binding, and no longer. */
export async function bind<I, R>({ backend, name, fn, inputs, held }: Call<I, R>): Promise<Binding<R>> {
  const compiled = compile(backend, fn, { name });
  try {
    const bound = await compiled.bind(inputs);
    return { ...bound, dispose: () => disposeAll([bound, ...held]) };
  } catch (error) {
    disposeAll(held);
    throw error;
  } finally {
    compiled.dispose(); // the binding lives on without it
  }
}

function disposeAll(held: Iterable<Held>): void {
  for (const each of held) each.dispose();
}

export class Runners<R extends Held> {
  readonly #make: (sample: Spec, batch: number) => Promise<R>;
  readonly #idle = new Map<string, R>();
  #disposed = false;

  constructor(make: (sample: Spec, batch: number) => Promise<R>) {
    this.#make = make;
  }

  /** Lends a runner to `work` alone: calls at the same time get one each. */
  async use<T>(sample: Spec, batch: number, work: (runner: R) => Promise<T>): Promise<T> {
    const key = `${sample.dtype} ${sample.shape.join()} x ${batch}`;
    const idle = this.#idle.get(key);
    this.#idle.delete(key);
    const runner = idle ?? (await this.#make(sample, batch));
    try {
      return await work(runner);
    } finally {
      this.#giveBack(key, runner);
    }
  }

  #giveBack(key: string, runner: R): void {
    const surplus = this.#disposed ? runner : this.#idle.get(key);
    surplus?.dispose();
    if (this.#disposed) return;
    this.#idle.delete(key);
    this.#idle.set(key, runner);
    const [oldest] = this.#idle;
    if (this.#idle.size <= kept || oldest === undefined) return;
    this.#idle.delete(oldest[0]);
    oldest[1].dispose();
  }

  dispose(): void {
    this.#disposed = true;
    disposeAll(this.#idle.values());
    this.#idle.clear();
  }
}
