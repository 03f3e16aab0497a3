import fc from "fast-check";
import { expect, test } from "vitest";
import { keyOf } from "./key.ts";

const data = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom(NaN, Infinity, -Infinity, 0, -0, 1, "", "NaN", "\u0000NaN", "\u0000\u0000NaN", "0", "-0", "\u0000-0"),
    fc.double(),
    fc.array(tie("tree"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("a", "b"), tie("tree"), { maxKeys: 2, noNullPrototype: true }),
  ),
})).tree;

test("data share a key only if they are equal, also in numbers that JSON cannot tell apart", () => {
  fc.assert(fc.property(data, data, (x, y) => (keyOf(x) === keyOf(y)) === isSame(x, y)));
});

test.each([
  [Infinity, -Infinity],
  [NaN, Infinity],
  [-0, 0],
  [NaN, "\u0000NaN"],
  ["NaN", "\u0000NaN"],
])("%s and %s have keys of their own", (x, y) => {
  expect(keyOf([x])).not.toBe(keyOf([y]));
});

/** Equal, keys in order, numbers by their bits. */
function isSame(x: unknown, y: unknown): boolean {
  if (typeof x !== "object" || typeof y !== "object" || x === null || y === null) return Object.is(x, y);
  const [a, b] = [Object.entries(x), Object.entries(y)];
  return (
    Array.isArray(x) === Array.isArray(y) &&
    a.length === b.length &&
    a.every(([key, value], i) => key === b[i]![0] && isSame(value, b[i]![1]))
  );
}
