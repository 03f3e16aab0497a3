// A budget for `!`, which says that something is there without a word why: it only goes down. Tests may say it freely.
import { expect, test } from "vitest";
import { folders } from "../packages.mjs";
import { findings } from "./oxlint.mjs";

/** By folder. Where an index is proven, a helper that says so, and throws `internal:` otherwise, costs one line. */
const budget: Readonly<Record<string, number>> = {
  "packages/core": 463,
  "packages/cpu": 360,
  "packages/formats": 52,
  "packages/nn": 17,
  "packages/webgl": 70,
  "packages/workers": 8,
  conformance: 370,
  bench: 357,
  "examples/gating": 15,
  "examples/tide": 2,
  "examples/voice": 9,
  "examples/weather": 55,
};

test("no package says `!` more often than its budget", async () => {
  const files = await findings({
    plugins: ["typescript"],
    categories: { correctness: "off" },
    rules: { "typescript/no-non-null-assertion": "error" },
  });
  const ours = files.filter((file) => !/\.test\.ts$|\/testing\//.test(file));
  const counts = Object.fromEntries(folders().map((folder) => [folder, ours.filter((file) => file.startsWith(`${folder}/`)).length]));
  const rows = Object.entries(counts).map(([folder, count]) => ({ folder, count, budget: budget[folder] ?? 0 }));
  for (const { folder, count } of rows.filter((row) => row.count < row.budget))
    console.log(`${folder} says \`!\` ${count} times now: lower its budget in scripts/lint/nonNull.test.ts to that`);
  expect(rows.filter((row) => row.count > row.budget)).toEqual([]);
});
