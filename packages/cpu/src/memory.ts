// One growing block of bytes that every buffer, constant and scratch value of a backend lies in. It knows no buffers.
import type { Arrays } from "@sluice/core/kit";

/** The memory through one array per dtype, each over all of it. They are replaced when the memory grows: fetch them anew for every kernel. */
export interface Memory extends Arrays {
  /** Grows to at least `size` bytes, keeping contents; false where that is over the limit or the machine has no room. */
  grow(size: number): boolean;
}

/** What 32-bit addresses reach: 4 GiB. */
export const most = 2 ** 32;

/**
 * An empty memory that grows up to `limit` bytes.
 *
 * It grows by copying, and never detaches a buffer: once any buffer of a process has been detached, as growing a WebAssembly.Memory does, V8
 * tests for it on every access of every typed array (1.45 ns per element of a product loop against 1.0, Node 20).
 */
export function createMemory(limit: number): Memory {
  let views = viewsOf(new ArrayBuffer(0));
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
      const larger = size <= limit ? viewsOf(reserved(size)) : undefined;
      if (larger?.f32.byteLength !== size) return false;
      larger.f32.set(views.f32);
      views = larger;
      return true;
    },
  };
}

/** A zero-filled block of `size` bytes, or an empty one where the machine has no room. */
function reserved(size: number): ArrayBuffer {
  try {
    return new ArrayBuffer(size);
  } catch {
    return new ArrayBuffer(0); // RangeError
  }
}

function viewsOf(bytes: ArrayBuffer): Arrays {
  return { f32: new Float32Array(bytes), f64: new Float64Array(bytes), i32: new Int32Array(bytes) };
}
