import fc from "fast-check";
import { expect, test } from "vitest";
import { readFully, writeFully } from "./ranges.ts";

/** A file in memory that transfers at most `most` bytes at once, as systems do with 2 GiB. */
function narrow(bytes: number[], most: number) {
  return {
    async read(into: Uint8Array, offset: number, length: number, position: number) {
      const part = bytes.slice(position, position + Math.min(length, most));
      into.set(part, offset);
      return { bytesRead: part.length };
    },
    async write(from: Uint8Array, offset: number, length: number, position: number) {
      const part = from.subarray(offset, offset + Math.min(length, most));
      part.forEach((byte, i) => (bytes[position + i] = byte));
      return { bytesWritten: part.length };
    },
  };
}

test("pieces are written and ranges read whole, however little the system transfers at once", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ maxLength: 20 })),
      fc.integer({ min: 1, max: 7 }),
      fc.nat(40),
      fc.nat(40),
      async (pieces, most, from, length) => {
        const bytes: number[] = [];
        await writeFully(narrow(bytes, most), pieces);
        expect(bytes).toEqual(pieces.flatMap((piece) => [...piece]));
        const into = new Uint8Array(length);
        const there = await readFully(narrow(bytes, most), into, from);
        expect([...into.subarray(0, there)]).toEqual(bytes.slice(from, from + length));
      },
    ),
  );
});

test("no transfer is longer than what systems take at once, and none is asked for twice", async () => {
  const asked: [position: number, length: number][] = [];
  const endless = {
    async read(_: Uint8Array, __: number, length: number, position: number) {
      asked.push([position, length]);
      return { bytesRead: length };
    },
  };
  const length = 2 ** 27 + 5;
  const start = 3 * 2 ** 30; // beyond 32 bits
  expect(await readFully(endless, new Uint8Array(length), start)).toBe(length);
  expect(asked.every(([, n]) => n < 2 ** 31)).toBe(true);
  expect(asked.map(([position]) => position)).toEqual([start, start + 2 ** 26, start + 2 ** 27]);
});
