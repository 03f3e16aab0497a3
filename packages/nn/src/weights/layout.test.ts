import type { HostArray, SluiceError } from "@sluice/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { flatten, layoutOf, nest, pack, unpackHost } from "./layout.ts";

const anyWeight = fc.record({
  axes: fc.dictionary(fc.constantFrom("input", "units", "gates"), fc.integer({ min: 1, max: 7 }), { noNullPrototype: true }),
  init: fc.constant("zeros" as const),
});
const anyKey = fc.constantFrom("a", "b", "c", "wx");
const anyTree = fc.dictionary(anyKey, fc.oneof(anyWeight, fc.dictionary(anyKey, anyWeight, { noNullPrototype: true })), {
  noNullPrototype: true,
});

test("weights lie one after another, each at a multiple of 16, and none overlaps", () => {
  fc.assert(
    fc.property(anyTree, (tree) => {
      const { entries, length } = layoutOf(tree);
      let end = 0;
      for (const entry of Object.values(entries)) {
        expect(entry.offset).toBe(end);
        expect(entry.end).toBeGreaterThanOrEqual(entry.offset + entry.size);
        expect(entry.end - entry.offset - entry.size).toBeLessThan(16);
        expect(entry.offset % 16).toBe(0);
        end = entry.end;
      }
      expect(length).toBe(end);
    }),
  );
});

test("packing and unpacking gives the same arrays, and the padding is zero", () => {
  fc.assert(
    fc.property(anyTree, (tree) => {
      const layout = layoutOf(tree);
      const arrays = Object.fromEntries(
        Object.entries(layout.entries).map(([name, { shape, size, axes }]) => [name, counted(shape, size, axes)]),
      );
      const flat = pack(layout, arrays, "f32", "test");
      expect(unpackHost(layout, flat, "f32")).toEqual(arrays);
      expect([...flat].filter((value) => value !== 0)).toEqual(Object.values(arrays).flatMap(({ data }) => [...data])); // all counted from 1
      expect(
        flatten(
          nest(layout, (_, name) => arrays[name]!),
          "test",
        ),
      ).toEqual(arrays);
    }),
  );
});

test("a weight that is missing, unknown or of another shape is named", () => {
  const layout = layoutOf({ dense: { kernel: { axes: { features: 2, units: 3 }, init: "zeros" } } });
  const kernel = counted([2, 3], 6, ["features", "units"]);
  const packed = (arrays: Record<string, HostArray>) => () => pack(layout, arrays, "f32", "test");
  expect(packed({ "dense.kernel": kernel })).not.toThrow();
  expect(packed({})).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT", message: expect.stringContaining("dense.kernel") }));
  expect(packed({ "dense.kernel": kernel, "dense.wrong": kernel })).toThrow(
    expect.objectContaining({ code: "INVALID_ARGUMENT", message: expect.stringContaining("dense.wrong") }),
  );
  const turned = { ...kernel, shape: [3, 2] };
  const mismatch: Partial<SluiceError> = { code: "SHAPE_MISMATCH", facts: { weight: "dense.kernel", expected: [2, 3], got: [3, 2] } };
  expect(packed({ "dense.kernel": turned })).toThrow(expect.objectContaining(mismatch));
});

function counted(shape: readonly number[], size: number, axes: readonly string[]): HostArray {
  return { dtype: "f32", shape, axes, data: Float32Array.from({ length: size }, (_, i) => i + 1) };
}
