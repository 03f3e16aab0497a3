// The members of a group: a B-tree of symbol tables (HDF5 File Format Specification 3.0, III.A.1 and III.B), whose names stand in a local heap (III.D).
import type { Cursor } from "./cursor.ts";

/** More than a file of weights has in one group. */
const mostMembers = 2 ** 17,
  mostLevels = 16;

/** Names and the addresses of their objects. */
export function membersOf(cursor: Cursor, tree: number, heap: number): readonly (readonly [name: string, address: number])[] {
  cursor.expect(heap, "HEAP");
  const names = { at: cursor.u64(heap + 24), size: cursor.u64(heap + 8) };
  const nodes = new Set<number>(),
    found: (readonly [string, number])[] = [];
  const visit = (address: number, above: number): void => {
    if (nodes.has(address)) throw cursor.corrupt("a group refers to itself");
    nodes.add(address);
    cursor.expect(address, "TREE");
    const level = cursor.u8(address + 5);
    if (cursor.u8(address + 4) !== 0 || level >= above) throw cursor.corrupt("a group's members are in no order");
    for (let i = 0; i < cursor.u16(address + 6); i++) {
      const child = cursor.u64(address + 32 + i * 16);
      if (level > 0) visit(child, level);
      else for (const member of symbols(cursor, child, names)) found.push(member);
      if (found.length > mostMembers) throw cursor.corrupt(`a group has more than ${mostMembers} members`);
    }
  };
  visit(tree, mostLevels);
  return found;
}

interface Names {
  readonly at: number;
  readonly size: number;
}

const symbolicLink = 2;

function symbols(cursor: Cursor, address: number, names: Names): (readonly [string, number])[] {
  cursor.expect(address, "SNOD");
  return Array.from({ length: cursor.u16(address + 6) }, (_, i) => {
    const at = address + 8 + i * 40,
      offset = cursor.u64(at);
    if (offset >= names.size) throw cursor.corrupt("a name lies outside its group");
    const name = cursor.text(names.at + offset, names.size - offset);
    if (cursor.u32(at + 16) === symbolicLink) throw cursor.unsupported(`has a link "${name}"`, "Put the array itself there");
    if (name === "" || name.includes("/")) throw cursor.corrupt(`a member is named ${JSON.stringify(name)}`);
    return [name, cursor.u64(at + 8)];
  });
}
