// Every public function of core, called with any values there are.
import { expect, test } from "vitest";
import * as core from "@sluice/core";
import { fuzz, type Fn } from "../../fuzz/index.ts";
import { rows } from "./coreRows.ts";

const numRuns = process.env["SLUICE_THOROUGH"] === "1" ? 200 : 12; // with types right, and as many with types wrong
const functions = Object.entries<unknown>(core).filter((entry): entry is [string, Fn] => typeof entry[1] === "function");

test("every function that core exports has a row", () => {
  expect(functions.map(([key]) => key).filter((key) => !Object.hasOwn(rows, key))).toEqual([]);
});

test.each(functions)("%s ends in a result or a public error, whatever it is given", async (key, fn) => {
  for (const row of [rows[key] ?? []].flat()) expect(await fuzz(fn, row, numRuns)).toBeGreaterThan(0);
});
