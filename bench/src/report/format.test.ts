import { expect, test } from "vitest";
import { duration, ends, figures, mebibytes, percent, short, time } from "./format.ts";

test("numbers keep three figures", () => {
  expect([0.01234, 1.234, 12.34, 123.4, 1234].map(figures)).toEqual(["0.0123", "1.23", "12.3", "123", "1234"]);
});

test("times take the unit that reads best", () => {
  expect([0.00123, 0.09, 4.5, 4500, 12_345].map(time)).toEqual(["1.23 µs", "90.0 µs", "4.50 ms", "4500 ms", "12.3 s"]);
  expect([1, 59_001, 125_000, 4_200_000].map(duration)).toEqual(["1 s", "1 min 0 s", "2 min 5 s", "1 h 10 min"]);
});

test("shares and sizes are short", () => {
  expect([0.000123, 0.00555, 0.01234, 0.0999, 0.5, 1.9].map(percent)).toEqual(["0.01 %", "0.6 %", "1.2 %", "10 %", "50 %", "190 %"]);
  expect([2 ** 20, 20 * 2 ** 20].map(mebibytes)).toEqual(["1.0 MiB", "20 MiB"]);
});

test("an interval that is less sure than usual says how sure it is", () => {
  expect(ends({ value: 2, low: 1.5, high: 2.5, confidence: 0.96 })).toBe("[1.50, 2.50]");
  expect(ends({ value: 2, low: 1.5, high: 2.5, confidence: 0.75 })).toBe("[1.50, 2.50] 75 %");
});

test("round numbers lose the zeros behind the point, and no others", () => {
  expect(["20.0 ms", "0.300 ms", "1000 ms", "1.0 %", "100 µs", "2.05 s"].map(short)).toEqual([
    "20 ms",
    "0.3 ms",
    "1000 ms",
    "1 %",
    "100 µs",
    "2.05 s",
  ]);
});
