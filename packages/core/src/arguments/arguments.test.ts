import fc from "fast-check";
import { expect, test } from "vitest";
import { SluiceError } from "../index.ts";
import {
  check,
  checkElements,
  checkOneOf,
  checkShape,
  count,
  fraction,
  maxElements,
  type Names,
  nearest,
  optional,
  oneOf,
  options,
  rate,
  seed,
  shape,
  show,
  size,
} from "../arguments.ts";

test("whatever comes is shown in a few words", () => {
  fc.assert(
    fc.property(
      fc.anything({
        withBigInt: true,
        withTypedArray: true,
        withSparseArray: true,
        withMap: true,
        withDate: true,
        withNullPrototype: true,
      }),
      (value) => {
        expect(show(value).length).toBeLessThan(130);
      },
    ),
  );
});

const loop: unknown[] = [];
loop.push(loop);

test.each<[unknown, string]>([
  [-0, "-0"],
  [NaN, "NaN"],
  ["a".repeat(1e6), `"${"a".repeat(60)}…"`],
  [12n ** 5000n, "a bigint"],
  [-(12n ** 5000n), "a negative bigint"],
  [new Uint8Array(64e6), "a Uint8Array of 64000000"],
  [Array.from({ length: 1e6 }, () => 7), "[7, 7, 7, 7, … 1000000 in all]"],
  [loop, "[[a list of 1]]"],
  [{ a: 1, b: 2 }, "{ a, b }"],
  [new (class Cat {})(), "a Cat"],
  [null, "null"],
  [Symbol("s"), "Symbol(s)"],
])("%#: what is shown is short and says what it is", (value, text) => {
  expect(show(value)).toBe(text);
});

test("showing what throws when it is looked at throws nothing", () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  expect(show(proxy)).toBe("a value of type object");
});

test("rules take what they say and nothing else", () => {
  const edges = [
    NaN,
    Infinity,
    -Infinity,
    -1,
    -0,
    0,
    0.5,
    1,
    1.5,
    2 ** 31 - 1,
    2 ** 31,
    1e308,
    "1",
    "",
    null,
    undefined,
    true,
    [1],
    [1.5],
    1n,
  ];
  const taken = (accepts: (value: unknown) => boolean): unknown[] => edges.filter(accepts);
  expect(taken(size.accepts)).toEqual([1, 2 ** 31 - 1]);
  expect(taken(count.accepts)).toEqual([-0, 0, 1, 2 ** 31 - 1]);
  expect(taken(rate.accepts)).toEqual([-0, 0, 0.5, 1]);
  expect(taken(fraction.accepts)).toEqual([-0, 0, 0.5]);
  expect(taken(seed.accepts)).toEqual([-1, -0, 0, 0.5, 1, 1.5, 2 ** 31 - 1, 2 ** 31, 1e308, "1", ""]);
  expect(taken(optional(oneOf("1", "2")).accepts)).toEqual(["1", undefined]);
  expect(taken(shape.accepts)).toEqual([[1]]);
  expect(shape.accepts(new Array<number>(3))).toBe(false);
});

test("a shape is refused by the number of its elements before anything is allocated", () => {
  expect(() => checkElements("zeros", "shape", [46341, 46341])).toThrow(
    "zeros: shape [46341, 46341] has 2147488281 elements, at most 2147483647 are possible",
  );
  expect(() => checkShape("constant", "shape", [2 ** 30, 2 ** 30])).toThrow("at most 9007199254740991");
  checkShape("constant", "shape", [46341, 46341]);
  checkElements("zeros", "shape", [maxElements]);
  checkElements("zeros", "shape", [2 ** 30, 2 ** 30, 0]);
});

test("a refusal names who asked, the argument and what came", () => {
  try {
    check("dense", "units", 1.5, size);
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(SluiceError);
    expect(error).toMatchObject({ code: "INVALID_ARGUMENT", who: "dense", facts: { units: 1.5 } });
    expect(String(error)).toContain("dense: units must be a whole number of at least 1 and at most 2147483647, got 1.5");
  }
});

test("no message is longer than two thousand characters", () => {
  const { message } = new SluiceError({ code: "INVALID_ARGUMENT", who: "a".repeat(1e6), what: "b", fix: "c".repeat(1e6) });
  expect(message.length).toBe(2001);
});

const names: Names<{ keepDims?: boolean; learningRate?: number }> = { keepDims: true, learningRate: true };

test.each([
  ["keepdims", "Did you mean keepDims?"],
  ["keep_dims", "Did you mean keepDims?"],
  ["keepDim", "Did you mean keepDims?"],
  ["lr", "Did you mean learningRate?"],
  ["shuffle", "There are keepDims, learningRate"],
])("an option that there is not is refused with the one that was meant: %s", (name, fix) => {
  expect(options("sum", { keepDims: true }, names)).toEqual({ keepDims: true });
  expect(() => options("sum", { [name]: true }, names)).toThrow(
    expect.objectContaining({ code: "INVALID_ARGUMENT", who: "sum", fix, facts: { option: name, known: ["keepDims", "learningRate"] } }),
  );
});

test("a choice that there is not is refused with all that there are, and the one that was meant", () => {
  expect(() => checkOneOf("gru", "reset", "befor" as "before", ["after", "before", "none"])).toThrow(
    'gru: reset must be one of after, before, none, got "befor". Did you mean "before"?',
  );
});

test("the nearest name is near, or there is none", () => {
  fc.assert(
    fc.property(fc.string(), fc.array(fc.string({ maxLength: 20 }), { maxLength: 5 }), (name, known) => {
      const near = nearest(name, known);
      if (near !== undefined) expect(known).toContain(near);
      if (known.includes(name)) expect(near).toBeDefined();
    }),
  );
  expect(nearest("a".repeat(1e6), ["a"])).toBeUndefined();
});
