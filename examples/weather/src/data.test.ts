import type { SluiceError } from "@sluice/core";
import { expect, test } from "vitest";
import { loadDays, parseDays } from "./data.ts";

const header = "date,precipitation,temp_max,temp_min,wind,weather";

test("the installed file holds 1,461 days from 2012 to 2015", async () => {
  const days = await loadDays();
  expect(days).toHaveLength(1461);
  expect(days[0]).toEqual({ date: "2012-01-01", dayOfYear: 1, precipitation: 0, tempMax: 12.8, tempMin: 5, wind: 4.7, weather: "drizzle" });
  expect(days.at(-1)).toMatchObject({ date: "2015-12-31", dayOfYear: 365 });
  expect(days.find(({ date }) => date === "2012-12-31")?.dayOfYear).toBe(366);
});

test.each([
  ["a missing column", "date,wind\n2012-01-01,4", "FILE_CORRUPT", "precipitation, temp_max, temp_min, weather"],
  ["no day", `${header}\n`, "EMPTY_DATA", "no row"],
  ["an empty cell", `${header}\n2012-01-01,0,12.8,5,,sun`, "NOT_FINITE", 'line 2, column "wind": the cell is missing: ""'],
  ["no number", `${header}\n2012-01-01,0,NaN,5,4.7,sun`, "NOT_FINITE", 'column "temp_max"'],
  ["a word for a number", `${header}\n2012-01-01,0,warm,5,4.7,sun`, "FILE_CORRUPT", 'line 2, column "temp_max": "warm" is not a number'],
  ["a short line", `${header}\n2012-01-01,0,12.8`, "FILE_CORRUPT", "line 2"],
  ["unknown weather", `${header}\n2012-01-01,0,12.8,5,4.7,hail`, "FILE_CORRUPT", '"hail" is none of drizzle'],
  ["a date that is none", `${header}\n2012-13-01,0,12.8,5,4.7,sun`, "FILE_CORRUPT", '"2012-13-01"'],
  [
    "a missing day",
    `${header}\n2012-01-01,0,1,0,1,sun\n2012-01-03,0,1,0,1,sun`,
    "FILE_CORRUPT",
    "line 3: 2012-01-03 does not follow 2012-01-01",
  ],
])("%s is refused by name and line", (_, csv, code, what) => {
  expect(() => parseDays(csv, "days.csv")).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(what) }) as SluiceError,
  );
});

test("a file that is not there is refused with the remedy", async () => {
  await expect(loadDays("no/such/file.csv")).rejects.toMatchObject({ code: "FILE_NOT_FOUND", fix: expect.stringContaining("Install") });
});
