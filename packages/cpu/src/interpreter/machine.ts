// What all kernels of a backend share: its memory, the registers, and room to pack matrices. Kernels run one at a time, so one of each will do.
import type { Memory } from "../memory/memory.ts";

/** Elements in a register. 256 float64 are 2 KiB: the dozen a fused body keeps alive stay in the innermost cache. */
export const block = 256;

export interface Machine {
  readonly memory: Memory;
  /** The i-th shared register: what it holds is lost when another kernel runs. */
  register(i: number): Float64Array;
  /** Room for packed operands, at least `length` elements; ask when a kernel runs, after `reserve` when it is prepared. */
  readonly packs: { a: Float64Array; b: Float64Array };
  /** Makes both packs at least that long. */
  reserve(a: number, b: number): void;
}

export function createMachine(memory: Memory): Machine {
  const registers: Float64Array[] = [];
  const packs = { a: new Float64Array(0), b: new Float64Array(0) };
  return {
    memory,
    packs,
    register: (i) => (registers[i] ??= new Float64Array(block)),
    reserve(a, b) {
      if (packs.a.length < a) packs.a = new Float64Array(a);
      if (packs.b.length < b) packs.b = new Float64Array(b);
    },
  };
}
