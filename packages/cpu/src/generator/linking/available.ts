// Can this machine run the modules that are made here?

/** A module of one function that makes a vector and drops it: it validates only where there is WebAssembly SIMD. */
const probe = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // "\0asm", version 1
  ...[0x01, 0x04, 0x01, 0x60, 0x00, 0x00], // a type: nothing to nothing
  ...[0x03, 0x02, 0x01, 0x00], // a function of that type
  ...[0x0a, 0x09, 0x01, 0x07, 0x00, 0x41, 0x00, 0xfd, 0x0f, 0x1a, 0x0b], // i32.const 0, i8x16.splat, drop
);

/** Why modules cannot run here, and what helps. */
export interface Obstacle {
  readonly what: string;
  readonly fix?: string;
}

/** Is there WebAssembly with 128-bit SIMD, that may be compiled? */
export function hasSimd(): boolean {
  return obstacle() === undefined;
}

/** What stands in the way of WebAssembly SIMD; undefined where nothing does. Found out once, since a browser reports each attempt that its page forbids. */
export function obstacle(): Obstacle | undefined {
  return (found ??= { obstacle: find() }).obstacle;
}

let found: { readonly obstacle: Obstacle | undefined } | undefined;

function find(): Obstacle | undefined {
  if (typeof WebAssembly !== "object" || !WebAssembly.validate(probe)) return { what: "there is no WebAssembly SIMD here" };
  try {
    void new WebAssembly.Module(probe); // what is valid may yet be forbidden
    return undefined;
  } catch (error) {
    return {
      what: `WebAssembly may not be compiled here: ${error instanceof Error ? error.message : String(error)}`,
      fix: "Let the page's Content-Security-Policy allow script-src 'wasm-unsafe-eval'",
    };
  }
}
