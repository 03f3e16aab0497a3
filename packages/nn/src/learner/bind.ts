// A traced function compiled for the arrays that it is bound to for good.
import { compile, type Backend, type Binding, type Bound } from "@sluice/core";

export interface Held {
  dispose(): void;
}

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
    return { ...bound, dispose: () => disposeEach([bound, ...held]) };
  } catch (error) {
    disposeEach(held);
    throw error;
  } finally {
    compiled.dispose(); // the binding lives on without it
  }
}

export function disposeEach(held: Iterable<Held>): void {
  for (const each of held) each.dispose();
}
