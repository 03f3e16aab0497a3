import type { Shape, SluiceError } from "@sluice/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { specOf } from "../layers/spec.ts";
import { classLabels, likeOutput, type Target } from "../measures/measure.ts";
import { dataset } from "./dataset.ts";
import { placeFor, readElements } from "../host/elements.ts";
import { hostNumbers } from "../host/hostNumbers.ts";
import type { Named } from "../model/graph.ts";
import type { Data } from "../model/options.ts";
import { atOnce } from "../host/turns.ts";

/** Samples [2] to one number, or to one of three classes. */
const regression = likeOutput([1]);
const labels = classLabels("labels")([3]);
const ends = { inputs: null, outputs: null } as const;
const numbers = { dtype: "f32", ends, indices: {}, sampleOf: ({ x }: Named<Shape>) => ({ x: specOf(x!, "float") }) } as const;
const tokens = { dtype: "f32", ends, indices: { x: 10 }, sampleOf: ({ x }: Named<Shape>) => ({ x: specOf(x!, "i32") }) } as const;

function read(data: Data, target: Target = regression, reading: typeof numbers | typeof tokens = numbers) {
  const { x, y, rows, weight, lengths, sample, ...rest } = atOnce(
    dataset(data, { ...reading, targetsOf: () => ({ y: { targetFor: () => target, lengthsOf: [] } }) }, "trainer.fit"),
  );
  expect([lengths, rows]).toEqual([{}, { y: target.shape }]);
  return { ...rest, sample: sample["x"], x: x["x"]!.data, y: y["y"]!.data, weight: weight.data };
}

function refusal(data: Data, target: Target = regression, reading: typeof numbers | typeof tokens = numbers): Partial<SluiceError> {
  try {
    read(data, target, reading);
  } catch (error) {
    return error as SluiceError;
  }
  throw new Error("nothing was thrown");
}

test("good data comes in the Program's types, one row per sample", () => {
  expect(
    read({
      x: [
        [1, 2],
        [3, 4],
      ],
      y: [5, 6],
      sampleWeight: [1, 0.5],
    }),
  ).toEqual({
    samples: 2,
    sample: specOf([2], "float"),
    x: new Float32Array([1, 2, 3, 4]),
    y: new Float32Array([5, 6]),
    weights: {},
    weight: new Float32Array([1, 0.5]),
  });
  expect(read({ x: [[1, 9]], y: new Int32Array([2]) }, labels, tokens)).toMatchObject({
    x: new Int32Array([1, 9]),
    y: new Int32Array([2]),
    weight: new Float32Array([1]),
  });
});

test("data of the right type is copied, so that it stays as it was checked", () => {
  const data = new Float32Array([1, 2]);
  const { x } = read({ x: { dtype: "f32", shape: [1, 2], data }, y: [0] });
  data.fill(Number.NaN);
  expect(x).toEqual(new Float32Array([1, 2]));
});

test("a value that is not finite is named by row and column, wherever it is", () => {
  const anyBad = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e300);
  fc.assert(
    fc.property(fc.nat({ max: 4 }), fc.nat({ max: 2 }), anyBad, (row, column, bad) => {
      const x = Array.from({ length: 5 }, (_, i) => [0, 1, 2].map((j) => (i === row && j === column ? bad : 0)));
      expect(refusal({ x, y: [0, 0, 0, 0, 0] })).toMatchObject({
        code: "NOT_FINITE",
        facts: { row, column, value: bad },
        message: expect.stringContaining(`row ${row}, column ${column}`),
      });
    }),
  );
});

test("labels and indices outside their table are named by row and column", () => {
  const x = [
    [0, 0],
    [0, 0],
    [0, 0],
  ];
  expect(refusal({ x, y: [0, 3, 1] }, labels)).toMatchObject({ code: "INDEX_OUT_OF_RANGE", facts: { row: 1, value: 3 } });
  expect(refusal({ x, y: [0, 1, -1] }, labels)).toMatchObject({ code: "INDEX_OUT_OF_RANGE", facts: { row: 2, value: -1 } });
  expect(
    refusal(
      {
        x: [
          [0, 9],
          [10, 0],
        ],
        y: [0, 0],
      },
      labels,
      tokens,
    ),
  ).toMatchObject({ code: "INDEX_OUT_OF_RANGE", facts: { row: 1, column: 0, value: 10 } });
  expect(refusal({ x, y: [0, 0.5, 1] }, labels)).toMatchObject({ code: "DTYPE_MISMATCH", facts: { row: 1, value: 0.5 } });
  expect(refusal({ x, y: [0, 0, 0], sampleWeight: [1, -1, 1] })).toMatchObject({
    code: "INDEX_OUT_OF_RANGE",
    facts: { row: 1, value: -1 },
  });
});

test("what does not fit together is refused with both shapes", () => {
  expect(refusal({ x: [[0, 0]], y: [0, 0] })).toMatchObject({ code: "SHAPE_MISMATCH", facts: { expected: [1, 1], got: [2] } });
  expect(refusal({ x: [[0, 0]], y: [[0, 0]] })).toMatchObject({ code: "SHAPE_MISMATCH", facts: { expected: [1, 1], got: [1, 2] } });
  expect(refusal({ x: [[0, 0]], y: [0], sampleWeight: [1, 1] })).toMatchObject({
    code: "SHAPE_MISMATCH",
    facts: { expected: [1], got: [2] },
  });
  expect(refusal({ x: [[0, 0], [0]], y: [0, 0] })).toMatchObject({ code: "SHAPE_MISMATCH", who: "trainer.fit" });
  expect(refusal({ x: { dtype: "f32", shape: [2, 2], data: new Float32Array(3) }, y: [0, 0] })).toMatchObject({
    code: "SHAPE_MISMATCH",
    facts: { shape: [2, 2], length: 3 },
  });
});

test("data without elements, or in which nothing counts, is refused", () => {
  expect(
    refusal({
      x: [
        [0, 0],
        [0, 0],
      ],
      y: [0, 0],
      sampleWeight: [0, 0],
    }),
  ).toMatchObject({ code: "EMPTY_DATA" });
  expect(refusal({ x: [], y: [] })).toMatchObject({ code: "EMPTY_DATA" });
  expect(refusal({ x: { dtype: "f32", shape: [3, 0], data: new Float32Array(0) }, y: [0, 0, 0] })).toMatchObject({ code: "EMPTY_DATA" });
});

test("a target may leave out or add an axis of size 1 at its end", () => {
  const x = [
    [0, 0],
    [0, 0],
  ];
  for (const y of [
    [7, 8],
    [[7], [8]],
  ])
    expect(read({ x, y }).y).toEqual(new Float32Array([7, 8]));
  for (const y of [
    [0, 2],
    [[0], [2]],
  ])
    expect(read({ x, y }, labels).y).toEqual(new Int32Array([0, 2]));
});

test("axes between row and column are numbered", () => {
  const array = hostNumbers(
    [
      [
        [0, 0],
        [0, Number.NaN],
      ],
    ],
    "test",
    "x",
  );
  const bad = { code: "NOT_FINITE", message: expect.stringContaining("row 0, step 1, column 1") };
  const asked = { wanted: { dtype: "float" }, dtype: "f64", who: "test", name: "x" } as const;
  expect(() => readElements(array, placeFor(array.data, asked), 0, 4, asked)).toThrow(expect.objectContaining(bad));
});

test("pixels, halves and lists of typed arrays are data like any other", () => {
  const rows = [Uint8Array.of(1, 255), Uint8Array.of(0, 7)];
  expect(read({ x: rows, y: Int16Array.of(-1, 300) })).toMatchObject({
    x: Float32Array.of(1, 255, 0, 7),
    y: Float32Array.of(-1, 300),
  });
  expect(read({ x: [Uint8Array.of(1, 9)], y: Uint16Array.of(2) }, labels, tokens)).toMatchObject({
    x: Int32Array.of(1, 9),
    y: Int32Array.of(2),
  });
});

test.each<[unknown, string, string]>([
  [BigInt64Array.of(1n, 2n), "DTYPE_MISMATCH", "y must be numbers, got a BigInt64Array of 2"],
  [[1n, 2n], "DTYPE_MISMATCH", "y[0] must be a number, got a bigint"],
  [["1", "2"], "INVALID_ARGUMENT", 'y[0] must be a number, got "1"'],
  [[[1], [true]], "INVALID_ARGUMENT", "y[1][0] must be a number, got true"],
  [null, "INVALID_ARGUMENT", "y must be a typed array, a number, or nested lists of numbers, got null"],
  [new ArrayBuffer(8), "INVALID_ARGUMENT", "got an ArrayBuffer"],
  [{ dtype: "float32", shape: [2], data: [1, 2] }, "INVALID_ARGUMENT", "the dtype of y must be one of f32, f64, i32"],
  [{ dtype: "f32", shape: [-2], data: Float32Array.of(1, 2) }, "INVALID_ARGUMENT", "the shape of y must be a list"],
  [{ dtype: "f32", shape: [2], data: "12" }, "INVALID_ARGUMENT", "the data of y must be a typed array"],
])("%#: data that are no numbers are refused by their place", (y, code, what) => {
  const x = [
    [0, 0],
    [0, 0],
  ];
  expect(refusal({ x, y: y as Data["y"] })).toMatchObject({ code, message: expect.stringContaining(`trainer.fit: `) });
  expect(refusal({ x, y: y as Data["y"] }).message).toContain(what);
});
