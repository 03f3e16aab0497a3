// From a binding to what is timed.
import { array, type Backend, type Binding, type HostArray, type NDArray, type Tensor } from "@sluice/core";
import type { Work } from "../contender.ts";

/** `bind` compiles and binds; `before` is what the host does ahead of each run. The sync is a read of the result's last number. */
export async function bound(bind: () => Promise<Binding<Tensor>>, before: () => void = () => {}): Promise<Work> {
  const begin = performance.now();
  const { run, outputs, executor } = await bind();
  const compileMs = performance.now() - begin;
  const last = new Float32Array(1);
  return {
    executor,
    compileMs,
    run() {
      before();
      run();
    },
    sync: () => outputs.backend.read(outputs.buffer, outputs.size - 1, 1, last),
    result: () => outputs.read(),
  };
}

/** The record of host arrays, as arrays on the backend. */
export function uploaded<K extends string>(backend: Backend, record: Readonly<Record<K, HostArray>>): { readonly [_ in K]: NDArray } {
  const entries = Object.entries<HostArray>(record).map(([name, host]) => [name, array(backend, host.data, { ...host, name })]);
  return Object.fromEntries(entries) as { readonly [_ in K]: NDArray }; // each key of the record is a key here
}
