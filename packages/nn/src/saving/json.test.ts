import { SluiceError } from "@sluice/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { deepest, mostValues, parseJson, writeJson } from "./json.ts";

const refused = (what: string) => new SluiceError({ code: "FILE_FOREIGN", who: "test", what });
const parse = (text: string) => parseJson(text, refused);
const foreign = expect.objectContaining({ code: "FILE_FOREIGN" });

test("what is written is read again, bit for bit", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      expect(parse(writeJson(value, "test", "value"))).toStrictEqual(value);
    }),
  );
  expect(parse(writeJson([-0, 5e-324, 1.7976931348623157e308, 1e21], "test", "value"))).toStrictEqual([
    -0, 5e-324, 1.7976931348623157e308, 1e21,
  ]);
});

test("a text is read as JSON.parse does, or refused", () => {
  const anyText = fc.oneof(
    fc.string(),
    fc.json(),
    fc.json().map((text) => text.slice(1)),
    fc.stringMatching(/^[-+0-9.eE{}[\]":,\\u nt]*$/),
  );
  fc.assert(
    fc.property(anyText, (text) => {
      let read: unknown;
      try {
        read = parse(text);
      } catch (error) {
        expect(error).toEqual(foreign);
        return;
      }
      expect(read).toStrictEqual(JSON.parse(text));
    }),
  );
});

test.each([
  ['{"a":1,"a":1}'],
  ['{"\\u0061":1,"a":1}'],
  ["1e999"],
  ["01"],
  ["[1,]"],
  ["nul"],
  ["nullnull"],
  ["'a'"],
  ["\ufeff1"],
  [""],
  ["[1] 2"],
])("refused: %s", (text) => {
  expect(() => parse(text)).toThrow(foreign);
});

test("a key named __proto__ is a key like any other", () => {
  const read = parse('{"__proto__":{"polluted":true}}');
  expect(Object.keys(read as object)).toEqual(["__proto__"]);
  expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
  expect("polluted" in {}).toBe(false);
});

test("depth and the number of values have limits, which are reached before they are passed", () => {
  const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
  parse(nested(deepest));
  expect(() => parse(nested(deepest + 1))).toThrow(foreign);
  expect(() => parse("[".repeat(1e6))).toThrow(foreign);
  const many = (count: number) => `[${"0,".repeat(count - 2)}0]`;
  parse(many(mostValues));
  expect(() => parse(many(mostValues + 1))).toThrow(foreign);
});

const loop: unknown[] = [];
loop.push(loop);
test.each([
  [Infinity],
  [NaN],
  [undefined],
  [() => 1],
  [1n],
  [Symbol("s")],
  [new Date(0)],
  [new Float32Array(1)],
  [new Map()],
  [[undefined]],
  [new Array(3)],
  [loop],
])("%#: what JSON cannot hold is refused, by its place", (value) => {
  expect(() => writeJson({ a: { b: [1, value] } }, "test", "model")).toThrow(
    expect.objectContaining({ code: "INVALID_ARGUMENT", message: expect.stringContaining("model.a.b.1") }),
  );
});
