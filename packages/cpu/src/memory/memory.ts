// One growing block of bytes that every buffer, constant and scratch value of a backend lies in. It knows no buffers.
import { SluiceError } from "@sluice/core";
import type { Arrays } from "@sluice/core/kit";

/** The memory through one array per dtype, each over all of it. They are replaced when the memory grows: fetch them anew for every kernel. */
export interface Memory extends Arrays {
  /** Grows to at least `size` bytes, keeping contents; false where that is over the limit or the machine has no room. */
  grow(size: number): boolean;
}

/** What 32-bit addresses reach: 4 GiB. */
export const maxMemoryBytes = 2 ** 32;

/**
 * An empty memory of plain bytes that grows up to `limit`.
 *
 * It grows by copying, and never detaches a buffer: once any buffer of a process has been detached, as growing a WebAssembly.Memory does, V8
 * tests for it on every access of every typed array (1.45 ns per element of a product loop against 1.0, Node 20).
 */
export function createMemory(limitBytes: number): Memory {
  return growableMemory(new ArrayBuffer(0), limitBytes, (size, old) => {
    const larger = new ArrayBuffer(size);
    new Uint8Array(larger).set(new Uint8Array(old));
    return larger;
  });
}

/** A memory that WebAssembly modules import. */
export interface WasmMemory extends Memory {
  readonly wasm: object;
}

export function isWasm(memory: Memory): memory is WasmMemory {
  return "wasm" in memory;
}

const pageBytes = 65536;
/** Asked for at once, so that few backends ever grow, which detaches; systems give it page by page when it is first touched. */
const initialBytes = 2 ** 28;

/** As `createMemory`, as a WebAssembly.Memory. Throws OUT_OF_MEMORY where the machine has not even addresses for an empty one. */
export function createWasmMemory(limitBytes: number): WasmMemory {
  const maximum = pagesIn(limitBytes);
  return overWasm(withInitialPages(Math.min(maximum, initialBytes / pageBytes), maximum), limitBytes);
}

function overWasm(wasm: WebAssembly.Memory, limitBytes: number): WasmMemory {
  const memory = growableMemory(wasm.buffer, limitBytes, (size) => {
    wasm.grow(Math.ceil((size - wasm.buffer.byteLength) / pageBytes));
    return wasm.buffer;
  });
  return Object.defineProperty(memory, "wasm", { value: wasm, enumerable: true }) as WasmMemory; // with the property just added
}

/** As `createWasmMemory`, for threads that share it: growing detaches nothing. Throws OUT_OF_MEMORY where the machine has no addresses for `limit`. */
export function createSharedMemory(limitBytes: number): WasmMemory {
  const maximum = pagesIn(limitBytes);
  return overWasm(
    newWasmMemory(
      "workers.open",
      { initial: 0, maximum, shared: true },
      "use @sluice/cpu with `simd: false`, or open with less `memory` where the engine reserves no more than that",
    ),
    limitBytes,
  );
}

/** Whole pages of 64 KiB within so many bytes. */
export function pagesIn(limitBytes: number): number {
  return Math.floor(limitBytes / pageBytes);
}

/** With as many pages at the start as the machine gives, down to none. */
function withInitialPages(initial: number, maximum: number): WebAssembly.Memory {
  for (let pages = initial; pages > 0; pages >>= 1) {
    try {
      return new WebAssembly.Memory({ initial: pages, maximum });
    } catch {
      continue; // RangeError: less, then
    }
  }
  return newWasmMemory("cpu.open", { initial: 0, maximum }, "open with `simd: false`, whose memory is plain bytes");
}

/** Engines reserve gigabytes of addresses for each memory, whatever it holds. */
function newWasmMemory(
  who: string,
  descriptor: ConstructorParameters<typeof WebAssembly.Memory>[0],
  otherwise: string,
): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory(descriptor);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SluiceError({
      code: "OUT_OF_MEMORY",
      who,
      what: `the system has no addresses left for a memory of up to ${descriptor.maximum! * pageBytes} bytes: ${reason}`,
      fix: `Close backends that are no longer used, raise the process's limit of virtual memory (ulimit -v), ${otherwise}`,
      facts: { limit: descriptor.maximum! * pageBytes, reason },
    });
  }
}

/** `enlarge` gives a block of at least `size` bytes with the old contents, or throws RangeError. */
function growableMemory(first: ArrayBuffer, limitBytes: number, enlarge: (size: number, old: ArrayBuffer) => ArrayBuffer): Memory {
  let views = viewsOf(first);
  return {
    get f32() {
      return views.f32;
    },
    get f64() {
      return views.f64;
    },
    get i32() {
      return views.i32;
    },
    grow(size) {
      if (size <= views.f32.byteLength) return true;
      if (size > limitBytes) return false;
      try {
        views = viewsOf(enlarge(size, views.f32.buffer as ArrayBuffer)); // made of one
        return true;
      } catch {
        return false; // RangeError
      }
    },
  };
}

function viewsOf(bytes: ArrayBuffer): Arrays {
  return { f32: new Float32Array(bytes), f64: new Float64Array(bytes), i32: new Int32Array(bytes) };
}
