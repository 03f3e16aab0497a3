// The bytes of a WebAssembly module with one function (WebAssembly core specification 2.0, §5), no more than the peak loop needs.

/** Bytes, nested as they came about. */
export type Code = number | readonly Code[];

/** The opcodes in use. */
export const op = {
  loop: [0x03, 0x40], // of no type
  brIf: 0x0d,
  end: 0x0b,
  local: (index: number): Code => [0x20, unsigned(index)],
  setLocal: (index: number): Code => [0x21, unsigned(index)],
  teeLocal: (index: number): Code => [0x22, unsigned(index)],
  i32: (value: number): Code => [0x41, signed(value)],
  f32: (value: number): Code => [0x43, [...new Uint8Array(Float32Array.of(value).buffer)]],
  subI32: 0x6b,
  splat: simd(0x13),
  lane: (index: number): Code => [simd(0x1f), index],
  add: simd(0xe4),
  mul: simd(0xe6),
} as const;

export const type = { i32: 0x7f, f32: 0x7d, v128: 0x7b } as const;

export interface Routine {
  readonly params: readonly number[];
  readonly result: number;
  readonly locals: readonly number[];
  readonly body: Code;
}

/** A module that exports the routine as `run`. */
export function module({ params, result, locals, body }: Routine): Uint8Array<ArrayBuffer> {
  const code = [list(locals.map((local) => [1, local])), body, op.end];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0], // "\0asm", version 1
    ...section(1, list([[0x60, list(params), list([result])]])), // types
    ...section(3, list([0])), // functions: of type 0
    ...section(7, list([[list([..."run"].map((letter) => letter.charCodeAt(0))), 0, 0]])), // exports: function 0
    ...section(10, list([sized(code)])), // bodies
  ]);
}

function section(id: number, content: Code): number[] {
  return [id, ...flat(sized(content))];
}

function list(items: readonly Code[]): Code {
  return [unsigned(items.length), items];
}

function sized(content: Code): Code {
  const bytes = flat(content);
  return [unsigned(bytes.length), bytes];
}

function flat(code: Code): number[] {
  return typeof code === "number" ? [code] : code.flatMap(flat);
}

function simd(code: number): Code {
  return [0xfd, unsigned(code)];
}

/** LEB128. */
function unsigned(value: number): Code {
  return value < 0x80 ? value : [(value & 0x7f) | 0x80, unsigned(value >>> 7)];
}

function signed(value: number): Code {
  return value >= -64 && value < 64 ? value & 0x7f : [(value & 0x7f) | 0x80, signed(value >> 7)];
}
