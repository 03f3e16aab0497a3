// Files of weights as h5py writes them unless told otherwise (HDF5 File Format Specification 3.0: superblock 0, object headers 1, symbol tables, arrays in one piece), so that
// every HDF5 library of the last twenty years reads them. Knows nothing of models.

export interface GroupToWrite {
  readonly attributes?: Readonly<Record<string, string>>;
  readonly children: ReadonlyMap<string, GroupToWrite | ArrayToWrite>;
}

/** Row-major; floating, or for what counts unsigned. */
export interface ArrayToWrite {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array | Uint32Array;
}

/** Members of a symbol table: twice what the superblock says of its leaves. */
const perTable = 8;

/** The bytes of a file with this root. */
export function writeHdf5(root: GroupToWrite): Uint8Array {
  const tables = Math.max(1, ...widths(root).map((n) => Math.ceil(n / perTable)));
  const fanOut = Math.max(16, Math.ceil(tables / 2)); // half of what a node of a tree may refer to
  const out = new Output();
  out.reserve(superblockSize);
  const { header, tree, heap } = writeGroup(out, root, fanOut);
  out.at(0, (b) =>
    b
      .bytes(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a)
      .bytes(0, 0, 0, 0, 0, 8, 8, 0)
      .u16(perTable / 2, fanOut)
      .u32(0)
      .u64(0)
      .none()
      .u64(out.length)
      .none()
      .u64(0, header)
      .u32(1, 0)
      .u64(tree, heap),
  );
  return out.done();
}

const superblockSize = 96;

function widths(group: GroupToWrite): number[] {
  return [group.children.size, ...[...group.children.values()].flatMap((child) => ("children" in child ? widths(child) : []))];
}

interface Written {
  readonly header: number;
  readonly tree: number;
  readonly heap: number;
}

function writeGroup(out: Output, { attributes = {}, children }: GroupToWrite, fanOut: number): Written {
  const members = [...children]
    .map(([name, child]) => ({
      name: encoded(name),
      header: "children" in child ? writeGroup(out, child, fanOut).header : writeArray(out, child),
    }))
    .sort((a, b) => order(a.name, b.name));
  let used = 8; // the empty name stands first
  const offsets = members.map(({ name }) => {
    const offset = used;
    used += padded(name.length + 1);
    return offset;
  });
  const heap = out.reserve(32 + used);
  out.at(heap, (b) =>
    b
      .text("HEAP")
      .bytes(0, 0, 0, 0)
      .u64(used, 1, heap + 32),
  ); // no free list
  members.forEach(({ name }, i) => out.at(heap + 32 + offsets[i]!, (b) => b.bytes(...name)));
  const tree = out.reserve(24 + 2 * fanOut * 8 + (2 * fanOut + 1) * 8);
  const tables = Array.from({ length: Math.ceil(members.length / perTable) }, (_, t) => t * perTable);
  const keyed = tables.map((first) => {
    const part = members.slice(first, first + perTable),
      table = out.reserve(8 + perTable * 40);
    out.at(table, (b) => {
      b.text("SNOD").bytes(1, 0).u16(part.length);
      part.forEach(({ header }, i) =>
        b
          .u64(offsets[first + i]!, header)
          .u32(0, 0)
          .u64(0, 0),
      );
    });
    return { table, last: offsets[first + part.length - 1]! }; // a table has members
  });
  out.at(tree, (b) => {
    b.text("TREE").bytes(0, 0).u16(keyed.length).none().none().u64(0);
    for (const { table, last } of keyed) b.u64(table, last);
  });
  const texts = Object.entries(attributes).map(([name, text]) => attribute(name, text));
  return { header: writeHeader(out, [[17, (b) => b.u64(tree, heap), 16], ...texts]), tree, heap };
}

function writeArray(out: Output, { shape, data }: ArrayToWrite): number {
  const from = data.length === 0 ? undefined : out.append(littleEndian(data));
  return writeHeader(out, [
    [
      1,
      (b) =>
        b
          .bytes(1, shape.length, 0, 0)
          .u32(0)
          .u64(...shape),
      8 + shape.length * 8,
    ],
    [3, (b) => numberType(b, data), 24],
    [5, (b) => b.bytes(2, 2, 2, 0), 8], // no value where nothing was written
    [8, (b) => (from === undefined ? b.bytes(3, 1).none() : b.bytes(3, 1).u64(from)).u64(data.byteLength), 24],
  ]);
}

type Write = (b: Writer) => unknown;
type Message = readonly [type: number, write: Write, size: number];

function writeHeader(out: Output, messages: readonly Message[]): number {
  const size = messages.reduce((sum, [, , length]) => sum + 8 + length, 0),
    header = out.reserve(16 + size);
  out.at(header, (b) => b.bytes(1, 0).u16(messages.length).u32(1, size));
  let at = header + 16;
  for (const [type, write, length] of messages) {
    out.at(at, (b) => b.u16(type, length));
    out.at(at + 8, write);
    at += 8 + length;
  }
  return header;
}

/** Little-endian: an IEEE 754 number, or an unsigned one. */
function numberType(b: Writer, data: ArrayToWrite["data"]): void {
  const bytes = data.BYTES_PER_ELEMENT;
  if (data instanceof Uint32Array) b.bytes(0x10, 0, 0, 0).u32(bytes).u16(0, 32);
  else if (bytes === 4) b.bytes(0x11, 0x20, 31, 0).u32(bytes).u16(0, 32).bytes(23, 8, 0, 23).u32(127);
  else b.bytes(0x11, 0x20, 63, 0).u32(bytes).u16(0, 64).bytes(52, 11, 0, 52).u32(1023);
}

/** A text of UTF-8, with a 0 at its end. */
function attribute(name: string, text: string): Message {
  const named = encoded(name),
    value = encoded(text),
    nameSize = padded(named.length + 1),
    size = value.length + 1;
  const write: Write = (b) =>
    b
      .bytes(1, 0)
      .u16(named.length + 1, 8, 8)
      .bytes(...named)
      .skip(nameSize - named.length)
      .bytes(0x13, 0x10, 0, 0)
      .u32(size)
      .bytes(1, 0, 0, 0)
      .u32(0)
      .bytes(...value);
  return [12, write, padded(8 + nameSize + 16 + size)];
}

function encoded(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function padded(n: number): number {
  return Math.ceil(n / 8) * 8;
}

/** As strcmp has it, which the trees are searched by. */
function order(a: Uint8Array, b: Uint8Array): number {
  const at = a.findIndex((byte, i) => byte !== b[i]);
  return at === -1 ? a.length - b.length : (a[at] ?? 0) - (b[at] ?? 0);
}

function littleEndian(data: ArrayToWrite["data"]): Uint8Array {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (new Uint8Array(Uint16Array.of(1).buffer)[0] === 1) return bytes;
  const swapped = bytes.slice(),
    width = data.BYTES_PER_ELEMENT;
  for (let at = 0; at < swapped.length; at += width) swapped.subarray(at, at + width).reverse();
  return swapped;
}

/** A file that grows; every part begins at a multiple of 8. */
class Output {
  readonly #parts: { readonly at: number; readonly bytes: Uint8Array }[] = [];
  length = 0;

  reserve(size: number): number {
    return this.append(new Uint8Array(size));
  }

  append(bytes: Uint8Array): number {
    const at = this.length;
    this.#parts.push({ at, bytes });
    this.length += padded(bytes.length);
    return at;
  }

  /** Within one part that was reserved. */
  at(at: number, write: Write): void {
    let [low, high] = [0, this.#parts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#parts[middle]!.at <= at) low = middle;
      else high = middle - 1;
    }
    const { at: from, bytes } = this.#parts[low]!; // there is the superblock
    write(new Writer(bytes, at - from));
  }

  done(): Uint8Array {
    const whole = new Uint8Array(this.length);
    for (const { at, bytes } of this.#parts) whole.set(bytes, at);
    return whole;
  }
}

class Writer {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = at;
  }

  bytes(...values: readonly number[]): this {
    this.#bytes.set(values, this.#at);
    this.#at += values.length;
    return this;
  }

  text(text: string): this {
    return this.bytes(...encoded(text));
  }

  skip(size: number): this {
    this.#at += size;
    return this;
  }

  u16(...values: readonly number[]): this {
    for (const value of values) {
      this.#view.setUint16(this.#at, value, true);
      this.#at += 2;
    }
    return this;
  }

  u32(...values: readonly number[]): this {
    for (const value of values) {
      this.#view.setUint32(this.#at, value, true);
      this.#at += 4;
    }
    return this;
  }

  u64(...values: readonly number[]): this {
    for (const value of values) {
      this.#view.setBigUint64(this.#at, BigInt(value), true);
      this.#at += 8;
    }
    return this;
  }

  /** No address. */
  none(): this {
    return this.bytes(255, 255, 255, 255, 255, 255, 255, 255);
  }
}
