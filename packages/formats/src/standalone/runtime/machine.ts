import { SluiceError } from "./failure.ts";
import type { Plan, Port, Run } from "./plan.ts";

const page = 65536;

/** What the module exports: those that the plan has. */
type Calls = Readonly<Record<"predict" | "before" | "start" | "step", (table: number) => number>>;

/** The module over its memory. Views are made anew when it grows, which only a new stream does. */
export class Machine {
  readonly memory: WebAssembly.Memory;
  #f32: Float32Array;
  #i32: Int32Array;
  #calls: Calls | undefined;
  /** Blocks of streams that are gone. */
  readonly #free: number[] = [];
  #end: number;

  constructor({ memoryBytes }: Plan) {
    this.memory = new WebAssembly.Memory({ initial: Math.ceil(memoryBytes / page) });
    this.#f32 = new Float32Array(this.memory.buffer);
    this.#i32 = new Int32Array(this.memory.buffer);
    this.#end = memoryBytes;
  }

  link(instance: WebAssembly.Instance): void {
    this.#calls = instance.exports as Calls; // of the module that the plan was made for
  }

  /** The numbers of a port, of all its rows or the first of them. */
  view({ at, dtype, rows, row }: Port, base = 0, count = rows): Float32Array | Int32Array {
    const from = (at + base) / 4,
      size = row.reduce((size, n) => size * n, count);
    return (dtype === "i32" ? this.#i32 : this.#f32).subarray(from, from + size);
  }

  lengths(at: number, count: number): Int32Array {
    return this.#i32.subarray(at / 4, at / 4 + count);
  }

  /** Writes the table of a run, whose own parts lie at `base`. */
  prepare({ at, table, own }: Run, base = 0): void {
    const from = (at + base) / 4;
    this.#i32.set(table, from);
    for (const word of own) this.#i32[from + word] = (table[word] ?? 0) + base;
  }

  run(name: keyof Calls, { at, once }: Run, base = 0): void {
    this.#calls?.[name](at + base);
    for (const word of once) this.#i32[(at + base) / 4 + word] = 0;
  }

  /** Room for a stream. */
  take(bytes: number): number {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    const at = this.#end,
      missing = at + bytes - this.memory.buffer.byteLength;
    if (missing > 0) {
      try {
        this.memory.grow(Math.ceil(missing / page));
      } catch (cause) {
        throw new SluiceError(
          "OUT_OF_MEMORY",
          "stream",
          `there is no room for ${bytes} more bytes. Dispose of other streams first`,
          {},
          cause,
        );
      }
      this.#f32 = new Float32Array(this.memory.buffer);
      this.#i32 = new Int32Array(this.memory.buffer);
    }
    this.#end = at + bytes;
    return at;
  }

  give(at: number): void {
    this.#free.push(at);
  }
}
