import fc from "fast-check";
import { expect, test } from "vitest";
import { type Sheet, hostSheet } from "../gpu/sheet.ts";
import { type Segment, covering, put } from "./segments.ts";

const size = 30;
const writes = fc.array(fc.record({ start: fc.nat(size - 1), length: fc.nat(size), at: fc.nat(5), again: fc.boolean() }), {
  maxLength: 20,
});

test("every element is where it was put last, ranges are without gap or overlap, and each sheet is held once per range", () => {
  fc.assert(
    fc.property(writes, fc.nat(size - 1), fc.nat(size), (writes, from, count) => {
      const release = (sheet: Sheet): void => void sheet.holders--;
      const first = hostSheet(size);
      const sheets = [first];
      const segments: Segment[] = [];
      put(segments, { start: 0, length: size, sheet: first, at: 0 }, release);
      const model = Array.from({ length: size }, (_, at) => ({ sheet: first, at }));
      for (const { start, length: wanted, at, again } of writes) {
        const length = Math.min(wanted, size - start);
        const sheet = again ? sheets.at(-1)! : hostSheet(size + 5);
        sheets.push(sheet);
        put(segments, { start, length, sheet, at }, release);
        for (let i = 0; i < length; i++) model[start + i] = { sheet, at: at + i };
      }
      expect(elements(segments)).toEqual(model);
      for (const sheet of sheets) expect(sheet.holders).toBe(segments.filter((segment) => segment.sheet === sheet).length);

      const length = Math.min(count, size - from);
      const found = covering(segments, from, length);
      expect(
        elements(found)
          .slice(from - (found[0]?.start ?? 0))
          .slice(0, length),
      ).toEqual(model.slice(from, from + length));
      found
        .slice(1)
        .forEach((next, i) => expect(next.sheet === found[i]!.sheet && next.at === found[i]!.at + found[i]!.length).toBe(false));
    }),
  );
});

function elements(segments: readonly Segment[]): { sheet: Sheet; at: number }[] {
  return segments.flatMap(({ sheet, at, length }) => Array.from({ length }, (_, i) => ({ sheet, at: at + i })));
}
