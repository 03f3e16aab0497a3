import { standardScaler } from "@sluice/data";
import { expect, test } from "vitest";
import type { Day } from "./data.ts";
import { featureNames, featuresOf } from "./features.ts";

const day: Day = { date: "2014-04-02", dayOfYear: 92, precipitation: Math.E - 1, tempMax: 15, tempMin: 4, wind: 3, weather: "rain" };

test("a day becomes its measurements, its weather as one of five and its place in the year", () => {
  expect(featureNames).toEqual(featuresOf([day]).columns);
  expect(featureNames).toEqual([
    ...["precipitation", "tempMax", "tempMin", "wind", "drizzle", "fog", "rain", "snow", "sun", "sin", "cos"], // of the year
  ]);
  const angle = (2 * Math.PI * 92) / 365.25;
  expect([...featuresOf([day]).data]).toEqual([1, 15, 4, 3, 0, 0, 1, 0, 0, Math.sin(angle), Math.cos(angle)]);
});

test("the rows a scaler was fitted to come out with mean 0 and deviation 1, a constant column with 0", () => {
  const features = featuresOf([day, { ...day, tempMax: 19 }, { ...day, tempMax: 26 }]);
  const scaled = standardScaler().fit(features).transform(features).data;
  const column = (name: string): number[] => [0, 1, 2].map((row) => scaled[row * featureNames.length + featureNames.indexOf(name)]!);
  const tempMax = column("tempMax");
  expect(tempMax.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0);
  expect(tempMax.reduce((sum, value) => sum + value ** 2, 0) / 3).toBeCloseTo(1);
  expect(column("wind")).toEqual([0, 0, 0]);
});
