// Machine code as a tree of bytes: an instruction is its operands' code followed by its own bytes. Knows no instruction.

/** Code of any length. An expression leaves a value on the stack, a statement leaves nothing. */
export type Code = number | readonly Code[];

/** The bytes of a tree, in order. */
export function bytesOf(code: Code): number[] {
  const bytes: number[] = [];
  const add = (part: Code): void => {
    if (typeof part === "number") bytes.push(part);
    else for (const inner of part) add(inner);
  };
  add(code);
  return bytes;
}

/** LEB128 of a number from 0 to 2³² − 1 (WebAssembly Core 2.0, §5.2.2). */
export function unsigned(value: number): Code {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push((rest % 128) + (rest >= 128 ? 128 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return bytes;
}

/** Signed LEB128 of an i32. */
export function signed(value: number): Code {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const low = rest & 127;
    rest >>= 7;
    const isLast = (rest === 0 && (low & 64) === 0) || (rest === -1 && (low & 64) !== 0);
    bytes.push(isLast ? low : low | 128);
    if (isLast) return bytes;
  }
}

/** The four bytes of a float32, little-endian. */
export function float32(value: number): Code {
  return [...new Uint8Array(Float32Array.of(value).buffer)];
}

/** A vector: how many, then each. */
export function vector(items: readonly Code[]): Code {
  return [unsigned(items.length), items];
}

/** ASCII, as a vector of bytes. */
export function text(value: string): Code {
  return vector([...value].map((character) => character.charCodeAt(0)));
}

/** A part with its length in bytes before it. */
export function sized(code: Code): Code {
  const bytes = bytesOf(code);
  return [unsigned(bytes.length), bytes];
}
