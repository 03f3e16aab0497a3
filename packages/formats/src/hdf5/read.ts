// The HDF5 files that h5py writes unless told otherwise, which are those of Keras (superblock 0, groups by symbol tables, arrays in one piece). Every address, size and
// count is checked against the file, each object is read once, and arrays are views of it: time and memory are proportional to its size. The reason for a reader
// of our own is measured in docs/formats/keras.md.
import { SluiceError } from "@sluice/core";
import { Cursor } from "./cursor.ts";
import { datatypeAt } from "./datatype.ts";
import { asKerasDoes, attributeAt, dataspaceAt, type Message, messages, messagesAt } from "./header.ts";
import { membersOf } from "./members.ts";
import { bytesPer, type Hdf5Array, type Hdf5Group } from "./tree.ts";

const signature = "\u0089HDF\r\n\u001a\n";

/** Keras nests a model in a model in a model; nobody nests so many. */
const deepest = 64;

export function isHdf5(bytes: Uint8Array): boolean {
  return String.fromCharCode(...bytes.subarray(0, signature.length)) === signature;
}

/**
 * The root group. Throws FILE_FOREIGN for what is no HDF5, FILE_CORRUPT for what is cut short or damaged, UNSUPPORTED for what Keras's files have not: arrays in
 * chunks or compressed, links, other versions.
 */
export function readHdf5(bytes: Uint8Array, who: string): Hdf5Group {
  if (!isHdf5(bytes))
    throw new SluiceError({ code: "FILE_FOREIGN", who, what: "the bytes are no HDF5 file: they do not begin with its signature" });
  const cursor = new Cursor(bytes, who);
  const version = cursor.u8(8);
  if (version > 1) throw cursor.unsupported(`has a superblock of version ${version}, as h5py's libver="latest" writes`, asKerasDoes);
  if (cursor.u8(13) !== 8 || cursor.u8(14) !== 8) throw cursor.unsupported("has addresses that are not of 8 bytes", asKerasDoes);
  const from = version === 0 ? 24 : 28;
  if (cursor.u64(from) !== 0) throw cursor.unsupported("begins amid another file", asKerasDoes);
  if (cursor.u64(from + 16) > bytes.length) throw cursor.corrupt(`it is to have ${cursor.u64(from + 16)} bytes, and has ${bytes.length}`);
  const root = new Objects(cursor).at(cursor.u64(from + 40), "/", 0);
  if (root.kind !== "group") throw cursor.corrupt("its root is no group");
  return root;
}

class Objects {
  readonly #cursor: Cursor;
  readonly #seen = new Set<number>();
  #held = 0;

  constructor(cursor: Cursor) {
    this.#cursor = cursor;
  }

  at(address: number, path: string, depth: number): Hdf5Group | Hdf5Array {
    if (this.#seen.has(address)) throw this.#cursor.corrupt(`the object at byte ${address} stands in two places`);
    if (depth > deepest) throw this.#cursor.corrupt(`groups lie in each other more than ${deepest} deep`);
    this.#seen.add(address);
    const all = messagesAt(this.#cursor, address);
    const table = all.find(({ type }) => type === messages.symbolTable);
    return table === undefined ? this.#array(all, path) : this.#group(all, table, path, depth);
  }

  #group(all: readonly Message[], { at }: Message, path: string, depth: number): Hdf5Group {
    const children = new Map<string, Hdf5Group | Hdf5Array>();
    for (const [name, address] of membersOf(this.#cursor, this.#cursor.u64(at), this.#cursor.u64(at + 8))) {
      if (children.has(name)) throw this.#cursor.corrupt(`"${path}${name}" is there twice`);
      children.set(name, this.at(address, `${path}${name}/`, depth + 1));
    }
    const texts = all.filter(({ type }) => type === messages.attribute).map((each) => attributeAt(this.#cursor, each));
    return { kind: "group", attributes: new Map(texts.filter((each) => each !== undefined)), children };
  }

  #array(all: readonly Message[], path: string): Hdf5Array {
    const [space, type, layout] = [messages.dataspace, messages.datatype, messages.layout].map((wanted) =>
      all.find((one) => one.type === wanted),
    );
    if (space === undefined || type === undefined || layout === undefined)
      throw this.#cursor.corrupt(`"${path}" is neither a group nor an array`);
    if (all.some((one) => one.type === messages.filters || one.type === messages.external)) throw this.#packed(path);
    const shape = dataspaceAt(this.#cursor, space.at) ?? [0],
      elements = datatypeAt(this.#cursor, type.at);
    if (elements.kind !== "number")
      throw this.#cursor.unsupported(`has an array "${path}" of ${elements.kind === "other" ? elements.what : "texts"}`, "Leave it out");
    const { dtype, bigEndian } = elements,
      size = shape.reduce((product, n) => product * n, bytesPer[dtype]);
    this.#held += size;
    if (!(this.#held <= this.#cursor.bytes.length))
      throw this.#cursor.corrupt(`"${path}" [${shape.join(", ")}] is larger than what is left of it`);
    return { kind: "array", shape, dtype, bigEndian, bytes: this.#bytes(layout, size, path) };
  }

  /** Those of the layout message (IV.A.2.i), where they lie in one piece. */
  #bytes({ at }: Message, size: number, path: string): Uint8Array {
    const version = this.#cursor.u8(at);
    if (version !== 3 && version !== 4)
      throw this.#cursor.unsupported(`has an array "${path}" whose layout is of version ${version}`, asKerasDoes);
    const how = this.#cursor.u8(at + 1);
    if (how === 0) return this.#sized(at + 4, this.#cursor.u16(at + 2), size, path);
    if (how !== 1) throw this.#packed(path);
    const address = this.#cursor.address(at + 2);
    if (address !== undefined) return this.#sized(address, this.#cursor.u64(at + 10), size, path);
    if (size === 0) return new Uint8Array();
    throw this.#cursor.corrupt(`"${path}" was never written`);
  }

  #sized(at: number, there: number, size: number, path: string): Uint8Array {
    if (there < size) throw this.#cursor.corrupt(`"${path}" has ${there} bytes, it needs ${size}`);
    return this.#cursor.slice(at, size);
  }

  #packed(path: string): SluiceError {
    return this.#cursor.unsupported(
      `has an array "${path}" that is compressed, or in pieces`,
      "Load it in Keras and save it again: model.save_weights(path)",
    );
  }
}
