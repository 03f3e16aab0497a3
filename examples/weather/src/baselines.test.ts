import { expect, test } from "vitest";
import { baselineScores, climatology, persistence, validationPersistence } from "./baselines.ts";
import { loadDays } from "./data.ts";
import { prepare } from "./prepare.ts";

const days = await loadDays();
const data = prepare(days);
const { parts } = data;

test("on the test days persistence is 2.27 °C off, climatology about 3.2 °C and ridge regression less than persistence", () => {
  const [today, line, season] = baselineScores(data);
  expect(today).toMatchObject({ name: "persistence", mae: expect.closeTo(2.27, 2) });
  expect(season).toMatchObject({ name: "climatology", mae: expect.closeTo(3.22, 2) });
  expect(line!.mae).toBeGreaterThan(2);
  expect(line!.mae).toBeLessThan(2.2);
});

test("persistence says the temperature of the day before", () => {
  expect(persistence(days, { from: 3, to: 5 })).toEqual([days[2]!.tempMax, days[3]!.tempMax]);
  expect(validationPersistence(data)).toBeCloseTo(2.09, 2);
});

test("climatology is the mean of the training days of the season, and knows no others", () => {
  const flat = days.map((day, i) => ({ ...day, tempMax: i >= parts.train.to ? 99 : day.dayOfYear <= 16 || day.dayOfYear >= 350 ? 5 : 20 }));
  const forecast = climatology(flat, parts);
  expect(forecast.at(-1)).toBe(5); // 31 December: the training days up to 15 January count too
  expect(forecast[30]).toBe(20);
});
