// The checksum of zip files: the polynomial 0xedb88320, reflected.
const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let bits = byte;
  for (let i = 0; i < 8; i++) bits = (bits & 1) === 0 ? bits >>> 1 : (bits >>> 1) ^ 0xedb88320;
  return bits;
});

export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ table[(crc ^ byte) & 255]!; // of 256
  return (crc ^ 0xffffffff) >>> 0;
}
