// Arrays that nobody disposes of are given back once nobody holds them any more: in the end, in no order, whenever the engine collects.
import type { Backend } from "../backend.ts";
import { SluiceError } from "../errors.ts";

/** As every runtime has it. */
declare function setTimeout(task: () => void, milliseconds: number): unknown;

/** What is left of an array. It must not hold the array itself. */
export interface Remains {
  /** Weakly: a backend that holds the array itself is to go with it. */
  readonly backend: WeakRef<Backend>;
  readonly buffer: unknown;
  /** Where it is counted among the living. */
  readonly living: Living | undefined;
}

/** Results of one function that neither were disposed of nor are gone. */
export interface Living {
  count: number;
}

let registry: FinalizationRegistry<Remains> | undefined;

/** Until `unwatch`. */
export function watch(array: object, remains: Remains): void {
  registry ??= new FinalizationRegistry(reclaim);
  registry.register(array, remains, array);
}

export function unwatch(array: object): void {
  registry?.unregister(array);
}

function reclaim({ backend, buffer, living }: Remains): void {
  if (living !== undefined) living.count--;
  try {
    backend.deref()?.destroy(buffer);
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error; // a backend that is closed, or failed, has nothing to give back, and nobody is there to be told
  }
}

/** What engines count as enough to collect for, asked for again and again; never touched, so that it costs no memory. */
const pressureBytes = 2 ** 26;
const rounds = 64;

/** Makes the engine collect, as far as one can, until some of the living are gone: by asking for much memory, and letting its tasks have their turn. */
export async function collect(living: Living): Promise<void> {
  const { count } = living;
  for (let round = 0; round < rounds && living.count >= count; round++) {
    if (!canAsk()) return;
    await turn();
  }
}

function canAsk(): boolean {
  try {
    return new ArrayBuffer(pressureBytes).byteLength > 0;
  } catch {
    return false; // there is so little memory that the engine has collected already
  }
}

/** Other tasks of the process, collecting among them, have their turn. */
export function turn(): Promise<void> {
  return new Promise((resume) => setTimeout(resume, 0));
}
