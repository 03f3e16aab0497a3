// Can this machine run the modules that are made here?

/** A module of one function that makes a vector and drops it: it validates only where there is WebAssembly SIMD. */
const probe = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // "\0asm", version 1
  ...[0x01, 0x04, 0x01, 0x60, 0x00, 0x00], // a type: nothing to nothing
  ...[0x03, 0x02, 0x01, 0x00], // a function of that type
  ...[0x0a, 0x09, 0x01, 0x07, 0x00, 0x41, 0x00, 0xfd, 0x0f, 0x1a, 0x0b], // i32.const 0, i8x16.splat, drop
);

/** Is there WebAssembly with 128-bit SIMD? */
export function hasSimd(): boolean {
  return typeof WebAssembly === "object" && WebAssembly.validate(probe);
}
