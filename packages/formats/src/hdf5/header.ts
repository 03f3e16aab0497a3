// Object headers (HDF5 File Format Specification 3.0, IV.A.1.a): the messages that say what an object is.
import type { Cursor } from "./cursor.ts";
import { datatypeAt, type Datatype } from "./datatype.ts";

export const messages = {
  dataspace: 1,
  datatype: 3,
  layout: 8,
  filters: 11,
  attribute: 12,
  continuation: 16,
  symbolTable: 17,
  external: 7,
} as const;

export interface Message {
  readonly type: number;
  readonly at: number;
  readonly size: number;
}

/** More than any object of a file of weights has. */
const mostMessages = 4096,
  mostBlocks = 256;

/** All messages of the object at this address. */
export function messagesAt(cursor: Cursor, address: number): readonly Message[] {
  if (cursor.u8(address) !== 1) throw cursor.unsupported("has objects of another version than 1", asKerasDoes);
  const count = cursor.u16(address + 2);
  if (count > mostMessages) throw cursor.corrupt(`an object has ${count} messages`);
  const found: Message[] = [],
    blocks: [at: number, size: number][] = [[address + 16, cursor.u32(address + 8)]];
  for (let i = 0; i < blocks.length; i++) {
    if (i === mostBlocks) throw cursor.corrupt("an object goes on and on");
    const [from, length] = blocks[i]!, // there, as `i` is below its length
      end = from + cursor.slice(from, length).length;
    for (let at = from; at + 8 <= end && found.length < count;) {
      const message = { type: cursor.u16(at), size: cursor.u16(at + 2), at: at + 8 };
      cursor.slice(message.at, message.size);
      found.push(message);
      if (message.type === messages.continuation) blocks.push([cursor.u64(message.at), cursor.u64(message.at + 8)]);
      at = message.at + message.size;
    }
  }
  return found;
}

export const asKerasDoes = 'Write it as Keras does, with h5py.File(path, "w")';

/** The sizes of its axes; undefined for none at all (a null dataspace). */
export function dataspaceAt(cursor: Cursor, at: number): readonly number[] | undefined {
  const version = cursor.u8(at),
    rank = cursor.u8(at + 1);
  if (version !== 1 && version !== 2) throw cursor.corrupt(`a dataspace of version ${version}`);
  if (rank > 32) throw cursor.corrupt(`an array of ${rank} axes`);
  if (version === 2 && cursor.u8(at + 3) === 2) return undefined;
  const from = at + (version === 1 ? 8 : 4);
  return Array.from({ length: rank }, (_, d) => cursor.u64(from + d * 8));
}

/** The name and text of an attribute; undefined for one that is no single text. */
export function attributeAt(cursor: Cursor, { at, size }: Message): readonly [name: string, text: string] | undefined {
  const version = cursor.u8(at);
  if (version < 1 || version > 3) throw cursor.corrupt(`an attribute of version ${version}`);
  const [nameSize, typeSize, spaceSize] = [cursor.u16(at + 2), cursor.u16(at + 4), cursor.u16(at + 6)];
  const padded = (n: number): number => (version === 1 ? Math.ceil(n / 8) * 8 : n);
  const nameAt = at + (version === 3 ? 9 : 8),
    typeAt = nameAt + padded(nameSize),
    spaceAt = typeAt + padded(typeSize),
    dataAt = spaceAt + padded(spaceSize);
  if (dataAt > at + size) throw cursor.corrupt("an attribute is larger than its message");
  if (version > 1 && (cursor.u8(at + 1) & 3) !== 0) return undefined; // its type or space stands elsewhere
  const name = cursor.text(nameAt, nameSize),
    text = dataspaceAt(cursor, spaceAt)?.length === 0 ? textAt(cursor, dataAt, datatypeAt(cursor, typeAt)) : undefined;
  return text === undefined ? undefined : [name, text];
}

function textAt(cursor: Cursor, at: number, type: Datatype): string | undefined {
  if (type.kind === "text") return cursor.text(at, type.size);
  if (type.kind !== "variableText") return undefined;
  const length = cursor.u32(at),
    heap = cursor.u64(at + 4);
  return length === 0 ? "" : cursor.text(inHeap(cursor, heap, cursor.u32(at + 12), length), length);
}

/** Where the object of this number begins in a global heap (III.E). */
function inHeap(cursor: Cursor, address: number, wanted: number, length: number): number {
  cursor.expect(address, "GCOL");
  const end = address + cursor.slice(address, cursor.u64(address + 8)).length;
  for (let at = address + 16; at + 16 <= end;) {
    const index = cursor.u16(at),
      size = cursor.u64(at + 8);
    if (index === wanted && index !== 0 && length <= size) return at + 16;
    if (index === 0) break; // what is left is free
    at += 16 + Math.ceil(size / 8) * 8;
  }
  throw cursor.corrupt("a text stands in no heap");
}
