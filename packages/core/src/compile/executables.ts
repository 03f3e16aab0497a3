// What a function was compiled to, by the shapes that it was called with; the least recently used goes first.
import type { Backend, Executable, Program } from "../backend.ts";
import { SluiceError } from "../errors.ts";
import { lowerGraph } from "../pipeline/lowerGraph.ts";
import { trace } from "../trace/trace.ts";
import { specsOf } from "./arguments.ts";
import { Cache } from "./cache.ts";
import { release } from "./release.ts";

/** An executable, and who uses it: evicted, it goes with its last user. */
export interface Prepared {
  /** What the function returned when it was traced. */
  readonly result: unknown;
  readonly program: Program;
  readonly executable: Executable<unknown>;
  users: number;
  isEvicted: boolean;
}

/** A compilation under way, or done. */
interface Entry {
  readonly coming: Promise<Prepared>;
  ready?: Prepared;
}

export class Executables {
  readonly #backend: Backend;
  readonly #name: string;
  readonly #fn: (...args: never[]) => unknown;
  readonly #cache: Cache<Entry>;
  #isDisposed = false;

  constructor(backend: Backend, name: string, fn: (...args: never[]) => unknown, cacheSize: number) {
    this.#backend = backend;
    this.#name = name;
    this.#fn = fn;
    this.#cache = new Cache(cacheSize, ({ ready, coming }) => {
      if (ready === undefined) coming.then(evict, () => undefined);
      else evict(ready);
    });
  }

  /** For arguments of these shapes, known or compiled now. Throws whatever tracing throws, DISPOSED, and what the backend throws. */
  prepare(args: readonly unknown[]): Promise<Prepared> {
    if (this.#isDisposed)
      throw new SluiceError({ code: "DISPOSED", who: this.#name, what: "the compiled function was disposed of", fix: "Compile it again" });
    const specs = specsOf(args),
      key = JSON.stringify(specs),
      known = this.#cache.get(key);
    if (known !== undefined) return known.coming;
    const entry = this.#compile(specs);
    entry.coming.catch(() => {
      if (this.#cache.get(key) === entry) this.#cache.delete(key); // another may have come after this one went
    });
    this.#cache.set(key, entry);
    return entry.coming;
  }

  /** The Program for arguments of these shapes, which is not compiled. */
  program(args: readonly unknown[]): Program {
    return lowerGraph(trace(this.#name, this.#fn, specsOf(args)).graph, this.#backend.supports);
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#cache.clear();
  }

  #compile(specs: readonly unknown[]): Entry {
    const { graph, result } = trace(this.#name, this.#fn, specs),
      program = lowerGraph(graph, this.#backend.supports);
    const coming = Promise.resolve(this.#backend.compile(program)).then(
      (executable): Prepared => (entry.ready = { result, program, executable, users: 0, isEvicted: false }),
    );
    const entry: Entry = { coming };
    return entry;
  }
}

export function use(prepared: Prepared): void {
  prepared.users++;
}

export function leave(prepared: Prepared): void {
  prepared.users--;
  destroyUnused(prepared);
}

function evict(prepared: Prepared): void {
  prepared.isEvicted = true;
  destroyUnused(prepared);
}

function destroyUnused({ users, isEvicted, executable }: Prepared): void {
  if (users === 0 && isEvicted) release(() => executable.destroy());
}
