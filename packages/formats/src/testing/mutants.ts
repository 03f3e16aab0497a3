// Files with something wrong: bytes flipped, cut off, exchanged, and numbers that say that there is more than there is.

/** A mutant of the file, the same for the same seed. */
export function mutated(file: Uint8Array, seed: number): Uint8Array {
  const random = mulberry(seed),
    below = (n: number): number => Math.floor(random() * n),
    bytes = Uint8Array.from(file);
  const ways = [
    () => bytes.slice(0, below(bytes.length)),
    () => {
      for (let i = below(8); i >= 0; i--) bytes[below(bytes.length)] = below(256);
      return bytes;
    },
    () => {
      const at = below((bytes.length - 8) / 8) * 8;
      new DataView(bytes.buffer).setBigUint64(at, large[below(large.length)]!, true); // one of them
      return bytes;
    },
    () => {
      const size = 8 * (1 + below(8)),
        [a, b] = [below((bytes.length - 64) / 8) * 8, below((bytes.length - 64) / 8) * 8] as const,
        kept = bytes.slice(a, a + size);
      bytes.copyWithin(a, b, b + size).set(kept, b);
      return bytes;
    },
  ];
  return ways[below(ways.length)]!(); // one of them
}

const large = [0n, 1n, 96n, 0xffffn, 0xffff_ffffn, 1n << 40n, (1n << 53n) - 1n, 0xffff_ffff_ffff_ffffn];

/** Numbers in [0, 1): mulberry32 by Tommy Ettinger. */
export function mulberry(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const others = ["null", "-1", "1e9", "[]", "{}", '"x"', "true", '{"__proto__":{"polluted":1}}', "[[[]]]", "0.5", '"__proto__"'];

/** JSON with some value another one. */
export function swapped(json: string, random: () => number): string {
  const values = [...json.matchAll(/: ?("[^"]*"|-?\d+(\.\d+)?|null|true|false)/g)],
    found = values[Math.floor(random() * values.length)]!, // there are some
    other = others[Math.floor(random() * others.length)]!; // one of them
  return `${json.slice(0, found.index + 1)}${other}${json.slice(found.index + found[0].length)}`;
}
