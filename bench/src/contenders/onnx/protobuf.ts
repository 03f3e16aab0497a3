// Protocol buffers, as far as writing goes: fields one after the other (Protocol Buffers, "Encoding").

/** Bytes of a message, or of a part of one. Messages are concatenations of fields, in any order. */
export type Bytes = Uint8Array;

/** Wire type 0. Integers of up to 53 bits, not negative. */
export function integer(field: number, value: number): Bytes {
  return join(varint(field * 8), varint(value));
}

/** Wire type 2: a string, bytes, or a message within a message. */
export function block(field: number, content: string | Bytes): Bytes {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return join(varint(field * 8 + 2), varint(bytes.length), bytes);
}

/** A repeated field, or a message: what lies in it, in order. */
export function join(...parts: readonly Bytes[]): Bytes {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Seven bits a byte, the lowest first; the eighth says that more follow. */
function varint(value: number): Bytes {
  const bytes: number[] = [];
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) + 128);
  return Uint8Array.of(...bytes, value);
}
