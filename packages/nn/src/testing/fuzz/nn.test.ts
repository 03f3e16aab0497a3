// Every public function of nn, called with any values there are.
import { rmSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { fuzz, type Fn } from "@sluice/conformance/fuzz";
import * as nn from "@sluice/nn";
import * as files from "@sluice/nn/node";
import { folder } from "./fileRows.ts";
import { rows, verbs } from "./nnRows.ts";

const numRuns = process.env["SLUICE_THOROUGH"] === "1" ? 100 : 8; // with types right, and as many with types wrong
afterAll(() => rmSync(folder, { recursive: true }));

const exported = Object.entries<unknown>({ ...nn, ...files });

test("every value that nn exports has a row", () => {
  expect(exported.map(([key]) => key).filter((key) => !Object.hasOwn(rows, key))).toEqual([]);
});

test.each(exported)("%s ends in a result or a public error, whatever it is given", async (key, value) => {
  for (const row of [rows[key] ?? []].flat()) expect(await fuzz(value as Fn, row, numRuns)).toBeGreaterThan(0);
});

test.each(Object.entries(verbs))("%s ends in a result or a public error, whatever it is given", async (_, row) => {
  expect(await fuzz(() => undefined, row, numRuns)).toBeGreaterThan(0);
});
