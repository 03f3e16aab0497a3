// Every TypeScript block of every README and recipe, and of docs/masks.md, docs/ctc.md, docs/gradients.md, docs/training.md and docs/formats, runs as written, and the recipes come to what they promise. Their types: scripts/checkSnippets.mjs.
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { root } from "../scripts/packages.mjs";
import { blocksOf, pages, writeBlocks } from "../scripts/snippets.mjs";

const scratch = join(root, "docs/.snippets");
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** These run in a browser: packages/webgl/src/readme.test.ts. */
const inBrowser = /from "@sluice\/webgl"/;

type Printed = readonly (readonly unknown[])[];
/** What the blocks of recipes print, so far as it is more than numbers that may change. */
const promises: Readonly<Record<string, (printed: Printed) => void>> = {
  "docs/formats/keras.md/block1.ts": (printed) => expect(printed).toEqual([[true], [[1, 18]], [Float32Array.of(6)]]),
  "docs/formats/keras.md/block2.ts": (printed) => expect(printed).toEqual([[true, false], [[2, 1]]]),
  "docs/ctc.md/block1.ts": (printed) => expect(printed).toEqual([[[1, 1], { labels: [1, 1], score: expect.closeTo(0, 0) }]]),
  "docs/gradients.md/block1.ts"(printed) {
    const rows = printed.map(([cell, when, state, loss, , , , factor, verdict]) => ({
      cell,
      when,
      state,
      loss,
      factor: Number(factor),
      verdict,
    }));
    const after = rows.filter(({ when }) => when === "after");
    expect(after.map(({ cell, state, verdict }) => [cell, state, verdict])).toEqual([
      ["rnn", "h", "vanishing"],
      ["lstm", "h", "healthy"],
      ["lstm", "c", "healthy"],
      ["gru", "h", "healthy"],
    ]);
    expect(after.map(({ loss }) => Number(loss) < 0.02)).toEqual([false, true, true, true]);
    expect(rows.find(({ cell, when }) => cell === "gru" && when === "before")?.verdict).toBe("vanishing");
  },
  "docs/gradients.md/block2.ts"(printed) {
    expect(printed[0]).toEqual(["growing", "exp", 4, 2, "Infinity"]);
    expect(printed[1]?.[0]).toContain('of exp in layer "growing" (cell growing) at time step 4 of row 2 of the batch');
  },
  "docs/formats/pytorch.md/block1.ts": (printed) => expect(printed).toEqual([[true], [true]]),
  "docs/formats/onnx.md/block1.ts": (printed) =>
    expect(printed).toEqual([[1], [["onnx::GRU_100", "onnx::GRU_101", "onnx::GRU_102"]], [[2, 5, 4]], [true], [40]]),
  "docs/formats/onnx-export.md/block1.ts": (printed) => expect(printed).toEqual([[true]]),
  "docs/recipes/names.md/block1.ts": (printed) => printed.slice(0, 2).forEach(([accuracy]) => expect(accuracy).toBeGreaterThan(0.9)),
  "docs/recipes/text.md/block1.ts": (printed) =>
    expect(printed.at(-1)?.[0]).toContain("quick brown fox jumps over the lazy dog. the quick"),
  "docs/recipes/translation.md/block1.ts": (printed) => expect(printed[1]?.[0]).toBeGreaterThan(0.95),
  "docs/recipes/dates.md/block4.ts"(printed) {
    expect(printed[0]?.[0]).toBeGreaterThan(0.95);
    expect(printed[0]?.[1]).toBe("2026-11-30");
  },
  "docs/recipes/forecast.md/block1.ts"(printed) {
    expect(printed[0]?.[0]).toBe("patience");
    expect(printed[1]?.[0]).toBeLessThan(0.13);
    expect(printed[1]?.[1]).toBeGreaterThan(0.9);
  },
  "docs/recipes/signals.md/block1.ts"(printed) {
    expect(printed[0]?.[0]).toBeGreaterThan(0.9);
    expect(printed[0]?.[1]).toBeGreaterThan(0.8);
    expect(printed[1]).toEqual(["fall"]);
  },
  "docs/recipes/transformer.md/block1.ts": (printed) => expect(printed.slice(1)).toEqual([[[3, 1, 4, 1, 5, 9, 2, 6]], [true]]),
  "docs/recipes/own.md/block1.ts": (printed) => expect(printed[0]?.[0]).toBeGreaterThan(0.95),
  "docs/recipes/backends.md/block2.ts": (printed) =>
    expect(printed[1]).toEqual([{ ...Object(printed[0]?.[0]), executor: expect.stringContaining("thread") }]),
  "docs/recipes/data.md/block1.ts"(printed) {
    const [mae, yesterday] = printed[1] ?? [];
    expect(mae).toBeLessThan(0.75 * Number(yesterday));
    expect(printed[0]).toEqual([["degrees", "wind", "sin", "cos", "cloud", "sun"]]);
  },
  "packages/data/README.md/block1.ts": (printed) =>
    expect(printed).toEqual([
      [
        [38, 7, 2],
        [11, 3],
        ["high", "wind"],
      ],
      ["2026-02-17"],
    ]),
  "packages/data/README.md/block2.ts": (printed) => expect(printed).toEqual([[true, true]]),
  "packages/data/README.md/block4.ts": (printed) => expect(printed).toEqual([[[4.5, 5]]]),
  "packages/data/README.md/block5.ts": (printed) => expect(printed).toEqual([[["4.00", "-2.00"]]]),
  "docs/recipes/saving.md/block1.ts": (printed) => expect(printed).toEqual([["signal", true], ...Array.from({ length: 6 }, () => [true])]),
};

for (const page of pages())
  for (const { file, line } of blocksOf(page).filter(({ code }) => !inBrowser.test(code)))
    test(`${page}, line ${line}, runs`, async () => {
      writeBlocks(scratch, page);
      const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
      await expect(import(/* @vite-ignore */ join(scratch, file))).resolves.toBeDefined();
      promises[file]?.(log.mock.calls);
      log.mockRestore();
    });

test("there are blocks in the first README, in those of the packages and in every recipe", () => {
  const recipes = readdirSync(join(root, "docs/recipes")).map((name) => `docs/recipes/${name}`);
  expect(pages()).toEqual(expect.arrayContaining(["README.md", ...recipes, "packages/core/README.md", "packages/nn/README.md"]));
  expect(pages().flatMap((page) => blocksOf(page).map(({ file }) => file))).toEqual(expect.arrayContaining(Object.keys(promises)));
});
