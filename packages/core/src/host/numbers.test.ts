import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { expect, test } from "vitest";
import { array, compile, hostArray, literal, type SluiceError, type Tensor, type Values } from "../index.ts";
import { open } from "../reference.ts";

const backend = await open();

function refusal(values: unknown, options = {}): SluiceError {
  try {
    hostArray(values as Values, options);
  } catch (error) {
    return error as SluiceError;
  }
  throw new Error("nothing was thrown");
}

const kinds = [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array] as const;

test.each(kinds)("%#: whole numbers of any width become i32, exactly", (Kind) => {
  const limits = new Kind([-(2 ** 31), -1, 0, 1, 2 ** 7, 2 ** 15, 2 ** 31 - 1].filter((n) => new Kind([n])[0]! < 2 ** 31));
  const { dtype, data } = hostArray(limits);
  expect([dtype, ...data]).toEqual(["i32", ...limits]);
});

test("a whole number that i32 does not hold is refused by its element, and f64 takes it", () => {
  const values = Uint32Array.of(1, 2 ** 31);
  expect(refusal(values)).toMatchObject({ code: "DTYPE_MISMATCH", facts: { element: 1, value: 2 ** 31 } });
  expect([...hostArray(values, { dtype: "f64" }).data]).toEqual([1, 2 ** 31]);
});

test("an array of another realm is an array", async () => {
  const foreign = runInNewContext("[Float32Array.of(1, 2), Uint8Array.of(3), [[1, 2], [3, 4]]]") as [Float32Array, Uint8Array, number[][]];
  expect(foreign[0]).not.toBeInstanceOf(Float32Array);
  expect(hostArray(foreign[0])).toMatchObject({ dtype: "f32", shape: [2], data: foreign[0] });
  expect(hostArray(foreign[1])).toMatchObject({ dtype: "i32", shape: [1] });
  expect(hostArray(foreign[2])).toMatchObject({ dtype: "f32", shape: [2, 2] });
  const double = compile(backend, (x: Tensor) => x.add(x));
  for (const x of foreign) expect([...(await (await double(x)).read())]).toEqual([...hostArray(x).data].map((n) => 2 * n));
});

test("a compiled function takes any typed array as one array", async () => {
  const same = compile(backend, (x: Tensor) => x.add(0));
  for (const Kind of kinds) expect([...(await (await same(Kind.of(1, 2, 3))).read())]).toEqual([1, 2, 3]);
});

test("nested lists, with typed arrays innermost or not, are what they say, row by row", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 4 }),
      fc.constantFrom(undefined, ...kinds.slice(0, 6)),
      (shape, Kind) => {
        let next = 0;
        const nest = ([n, ...rest]: readonly number[]): Values => {
          const items = Array.from({ length: n! }, () => (rest.length === 0 ? next++ : nest(rest)));
          return rest.length === 0 && Kind !== undefined ? Kind.from(items as number[]) : items;
        };
        const made = hostArray(nest(shape));
        expect(made).toMatchObject({ shape, dtype: Kind === undefined ? "f32" : "i32" });
        expect([...made.data]).toEqual(Array.from({ length: next }, (_, i) => i));
      },
    ),
  );
});

test("empty lists have the shape they have", () => {
  expect(hostArray([])).toMatchObject({ shape: [0] });
  expect(hostArray([[], []])).toMatchObject({ shape: [2, 0] });
  expect(literal([new Float64Array(0)]).shape).toEqual([1, 0]);
});

test("numbers in memory that threads share are read", () => {
  expect([...hostArray(new Float32Array(new SharedArrayBuffer(8)).fill(3)).data]).toEqual([3, 3]);
});

const loop: unknown[] = [];
loop.push(loop);
const cycle: Record<string, unknown> = {};
cycle["again"] = cycle;
const detached = new Float32Array(4);
structuredClone(detached.buffer, { transfer: [detached.buffer] });

test.each<[unknown, string, string]>([
  [loop, "INVALID_ARGUMENT", "values is nested more than 32 lists deep. Does a list hold itself?"],
  [detached, "INVALID_ARGUMENT", "values is a Float32Array of 0 whose buffer was detached"],
  [[detached], "INVALID_ARGUMENT", "values[0] is a Float32Array of 0 whose buffer was detached"],
  [
    BigInt64Array.of(1n),
    "DTYPE_MISMATCH",
    "values must be numbers, got a BigInt64Array of 1. Convert them, as by Float64Array.from(x, Number)",
  ],
  [[1, 2n], "DTYPE_MISMATCH", "values[1] must be a number, got a bigint. Convert it with Number(…)"],
  [new ArrayBuffer(8), "INVALID_ARGUMENT", "got an ArrayBuffer. Say how to read its bytes"],
  [new DataView(new ArrayBuffer(8)), "INVALID_ARGUMENT", "got a DataView. Say how to read its bytes"],
  [[[1, 2], [3]], "SHAPE_MISMATCH", "nested lists must have equal lengths: expected a list of 2 at values[1], got [3]"],
  [[[1], 2], "SHAPE_MISMATCH", "expected a list of 1 at values[1], got 2"],
  [[1, [2]], "SHAPE_MISMATCH", "expected a number at values[1], got [2]"],
  [[Float32Array.of(1), Float32Array.of(1, 2)], "SHAPE_MISMATCH", "expected a list of 1 at values[1], got a Float32Array of 2"],
  [
    [
      [1, 2],
      [3, "4"],
    ],
    "INVALID_ARGUMENT",
    'values[1][1] must be a number, got "4"',
  ],
  [[1, null], "INVALID_ARGUMENT", "values[1] must be a number, got null"],
  [[true, false], "INVALID_ARGUMENT", "values[0] must be a number, got true. Write 1 and 0"],
  [new Array<number>(3), "INVALID_ARGUMENT", "values[0] must be a number, got undefined"],
  ["a".repeat(1e6), "INVALID_ARGUMENT", 'values must be a typed array, a number, or nested lists of numbers, got "aaa'],
  [Promise.resolve(1), "INVALID_ARGUMENT", "got a Promise. Await it first"],
  [null, "INVALID_ARGUMENT", "got null"],
  [{ 0: 1, length: 1 }, "INVALID_ARGUMENT", "got { 0, length }"],
  [Object.create(Float32Array.prototype), "INVALID_ARGUMENT", "values must be a typed array"],
])("%#: what are no numbers is refused by its place, in a few words", (values, code, what) => {
  const error = refusal(values);
  expect(error).toMatchObject({ code, who: "array" });
  expect(error.message).toContain(what);
  expect(error.message.length).toBeLessThan(300);
});

test("lists that stand for more numbers than one array has are refused before memory is asked for", () => {
  let list: unknown = [0];
  for (let depth = 0; depth < 12; depth++) list = Array.from({ length: 8 }, () => list);
  expect(refusal(list)).toMatchObject({ code: "INVALID_ARGUMENT", facts: { elements: 8 ** 12 } });
});

test.each<[unknown, string]>([
  [[true, false], "argument 1.0 is no array: true"],
  [{ x: Promise.resolve() }, "argument 1.x is no array: a Promise. Await it first"],
  [new Map(), "argument 1 is no array: a Map"],
  [cycle, "nested more than 100 deep, at argument 1.again"],
  [loop, "argument 1 is nested more than 32 lists deep"],
  [{ dtype: "float32", shape: [1], data: Float32Array.of(1) }, 'the dtype of argument 1 must be one of f32, f64, i32, got "float32"'],
  [{ dtype: "f32", shape: [1.5], data: Float32Array.of(1) }, "the shape of argument 1 must be a list"],
  [{ dtype: "f32", shape: [2], data: Float32Array.of(1) }, "1 numbers do not fill shape [2]"],
  [BigInt64Array.of(1n), "argument 1 must be numbers, got a BigInt64Array of 1"],
])("%#: a call says which argument is no array", async (given, what) => {
  await expect(compile(backend, (x: Tensor) => x)(given as number)).rejects.toThrow(what);
});

test("a host array may be the options of its own data, and of no others", async () => {
  const host = hostArray([[1, 2]], { axes: ["batch", "units"] });
  expect(hostArray(host.data, host)).toEqual(host);
  const made = array(backend, host.data, { ...host, name: "h" });
  expect([made.shape, made.axes, ...(await made.read())]).toEqual([[1, 2], ["batch", "units"], 1, 2]);
  const refused = expect.objectContaining({ code: "INVALID_ARGUMENT", facts: { option: "data" } });
  expect(() => hostArray([[3, 4]], host)).toThrow(refused);
  expect(() => array(backend, Float32Array.of(3, 4), host)).toThrow(refused);
});

test("an array that was refused leaves nothing on the backend", () => {
  let made = 0;
  const counting = { ...backend, create: (...args: Parameters<typeof backend.create>) => (made++, backend.create(...args)) };
  expect(() => array(counting, ["1"] as never)).toThrow("values[0] must be a number");
  expect(made).toBe(0);
});
