import type { SluiceError } from "@sluice/core";
import { matrix } from "@sluice/data";
import { expect, test } from "vitest";
import { loadDays, type Day } from "./data.ts";
import { prepare } from "./prepare.ts";
import { split, steps, windowsOf, type Windows } from "./windows.ts";

const days = await loadDays();

test("a window holds the 30 days before the one forecast, and its target is the change from the last of them", () => {
  const rows = Array.from({ length: 33 }, (_, i) => [i, 10 * i]);
  const series = rows.map(([i = 0]) => ({ ...days[0]!, tempMax: i * i }));
  const [train, validation, part] = [
    { from: 30, to: 31 },
    { from: 31, to: 31 },
    { from: 31, to: 33 },
  ];
  const { x, y } = windowsOf(matrix({ rows }), series, { train, validation, test: part }).test;
  expect(x).toMatchObject({ shape: [2, steps, 2], data: Float32Array.from([...rows.slice(1, 31), ...rows.slice(2, 32)].flat()) });
  expect(y).toMatchObject({ shape: [2, 1], data: Float32Array.of(31 ** 2 - 30 ** 2, 32 ** 2 - 31 ** 2) });
});

test("every day past the first 30 is forecast in exactly one part, the last 220 in the test", () => {
  expect(split(1461)).toEqual({ train: { from: 30, to: 1021 }, validation: { from: 1021, to: 1241 }, test: { from: 1241, to: 1461 } });
});

test("too few days to train on are refused", () => {
  expect(() => split(470)).toThrow(expect.objectContaining({ code: "EMPTY_DATA" }) as SluiceError);
  expect(split(471).train).toEqual({ from: 30, to: 31 });
});

test("no validation or test day has an influence on what is trained on", () => {
  const { train, parts } = prepare(days);
  expect(bytes(prepare(stormyFrom(parts.validation.from)).train)).toEqual(bytes(train));
});

test("no test day has an influence on what is validated on", () => {
  const { validation, parts } = prepare(days);
  expect(bytes(prepare(stormyFrom(parts.test.from)).validation)).toEqual(bytes(validation));
});

test("a forecast never reads the day it is of, nor a later one", () => {
  const { parts, test: before } = prepare(days);
  const { test: after } = prepare(stormyFrom(parts.test.from + 1));
  const reach = 2 * steps * before.x.shape[2]!; // the day before the storm, and its first day
  expect(after.x.data.subarray(0, reach)).toEqual(before.x.data.subarray(0, reach));
  expect(after.x.data.subarray(reach)).not.toEqual(before.x.data.subarray(reach));
});

/** The same days up to this one; from there on everything is different. */
function stormyFrom(from: number): Day[] {
  return days.map((day, i) =>
    i < from ? day : { ...day, precipitation: 99, tempMax: 60, tempMin: -60, wind: 44, weather: "snow", dayOfYear: 1 },
  );
}

function bytes({ x, y }: Windows): readonly [unknown, unknown] {
  return [x.data, y.data];
}
