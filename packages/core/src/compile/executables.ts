// What a function was compiled to, by the shapes that it was called with; the least recently used goes first.
import type { Backend, Executable, Program } from "../backend.ts";
import { SluiceError } from "../errors.ts";
import { lowerGraph } from "../pipeline/lowerGraph.ts";
import { trace } from "../trace/trace.ts";
import { specsOf } from "./arguments.ts";
import { Cache } from "./cache.ts";
import { LiveResults } from "./liveResults.ts";
import { release } from "./release.ts";

/** What was compiled for some shapes; whoever got it by `prepare` leaves it, by `leave`, when done. */
export interface Prepared {
  /** What the function returned when it was traced. */
  readonly result: unknown;
  readonly program: Program;
  readonly executable: Executable<unknown>;
  leave(): void;
}

/** A compilation under way, or done, and who waits for it or uses it: evicted, it goes with the last of them. */
interface Entry {
  readonly coming: Promise<Prepared>;
  executable?: Executable<unknown>;
  users: number;
  isEvicted: boolean;
}

export class Executables {
  readonly #backend: Backend;
  readonly #name: string;
  readonly #fn: (...args: never[]) => unknown;
  readonly #cache: Cache<Entry>;
  readonly results: LiveResults;
  #isDisposed = false;

  constructor(backend: Backend, name: string, fn: (...args: never[]) => unknown, cacheSize: number) {
    this.#backend = backend;
    this.#name = name;
    this.#fn = fn;
    this.results = new LiveResults(name);
    this.#cache = new Cache(cacheSize, (entry) => {
      entry.isEvicted = true;
      destroyUnused(entry);
    });
  }

  /**
   * For arguments of these shapes, known or compiled now; in use from this very call on, so that it is still there when it has come. Throws whatever tracing
   * throws, DISPOSED, and what the backend throws.
   */
  prepare(args: readonly unknown[]): Promise<Prepared> {
    if (this.#isDisposed)
      throw new SluiceError({ code: "DISPOSED", who: this.#name, what: "the compiled function was disposed of", fix: "Compile it again" });
    const specs = specsOf(args),
      key = JSON.stringify(specs),
      known = this.#cache.get(key);
    const entry = known ?? this.#compile(specs);
    entry.users++;
    if (known !== undefined) return entry.coming;
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
    const leave = (): void => {
      entry.users--;
      destroyUnused(entry);
    };
    const coming = Promise.resolve(this.#backend.compile(program)).then((executable): Prepared => {
      entry.executable = executable;
      return { result, program, executable, leave };
    });
    const entry: Entry = { coming, users: 0, isEvicted: false };
    return entry;
  }
}

function destroyUnused({ users, isEvicted, executable }: Entry): void {
  if (users === 0 && isEvicted && executable !== undefined) release(() => executable.destroy());
}
