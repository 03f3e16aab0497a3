import fc from "fast-check";
import { expect, test } from "vitest";
import { createAllocator } from "./allocator.ts";

const calls = fc.array(fc.oneof(fc.record({ size: fc.nat({ max: 1000 }) }), fc.record({ release: fc.nat() })), { maxLength: 60 });

test("ranges are aligned, disjoint, within what was grown to, and all memory comes back", () => {
  fc.assert(
    fc.property(calls, (calls) => {
      let end = 0;
      const limit = 8192;
      const allocator = createAllocator((size) => size <= limit && (end = size) === size);
      const taken: { at: number; size: number }[] = [];
      for (const call of calls) {
        if ("release" in call) {
          const [range] = taken.splice(call.release % Math.max(1, taken.length), 1);
          if (range !== undefined) allocator.release(range.at);
          continue;
        }
        const at = allocator.allocate(call.size);
        if (at === undefined) continue;
        expect(at % 64).toBe(0);
        expect(at + call.size).toBeLessThanOrEqual(end);
        for (const other of taken) expect(at + call.size <= other.at || other.at + other.size <= at).toBe(true);
        taken.push({ at, size: Math.max(1, call.size) });
      }
      for (const { at } of taken) allocator.release(at);
      expect(allocator.used).toBe(0);
      expect(allocator.allocate(limit)).toBe(0); // one free range again
    }),
  );
});

test("what does not fit is refused and changes nothing", () => {
  const allocator = createAllocator((size) => size <= 256);
  const first = allocator.allocate(100);
  expect(allocator.allocate(200)).toBeUndefined();
  expect(allocator.used).toBe(128);
  expect(allocator.allocate(128)).toBe(128);
  allocator.release(first!);
  expect(allocator.allocate(1)).toBe(0);
});
