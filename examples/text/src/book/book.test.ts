import { expect, test } from "vitest";
import { chapters, mobyDick, partOf } from "./mobyDick.ts";
import { stretches } from "./stretches.ts";

test("each chapter is in one part, by its number alone, and no sentence of the test part is learnt from", async () => {
  const parts = Array.from({ length: chapters }, (_, i) => partOf(i + 1));
  const count = (part: string): number => parts.filter((each) => each === part).length;
  expect([count("train"), count("validation"), count("test")]).toEqual([108, 14, 13]);
  const { vocabulary, parts: coded } = await mobyDick();
  const text = vocabulary.decode(coded.train);
  expect(text).toMatch(/^\nLoomings\.\n\nCall me Ishmael\. /);
  const sentences = (vocabulary.decode(coded.test).match(/[^.!?]{80,}[.!?]/g) ?? []).map((one) => one.trim());
  expect(sentences.length).toBeGreaterThan(200);
  expect(sentences.filter((one) => text.includes(one))).toEqual([]);
});

test("too few chapters, or more than there are, are refused", async () => {
  for (const length of [9, 136, Number.NaN]) await expect(mobyDick(length)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
});

test.each([
  [24, 3, 4],
  [26, 3, 4],
  [2, 3, 4],
  [101, 8, 5],
])(
  "%i symbols in %i rows of %i steps: each but the first is asked for once, after the one before it, and rows go on from batch to batch",
  (length, rows, steps) => {
    const codes = Int32Array.from({ length }, (_, i) => i + 1);
    const { x, y, sampleWeight } = stretches(codes, { rows, steps });
    const asked = Array.from(y.data).filter((_, i) => sampleWeight.data[i] === 1);
    expect(asked.toSorted((a, b) => a - b)).toEqual(Array.from(codes.subarray(1)));
    y.data.forEach((target, i) => expect(sampleWeight.data[i] === 1 ? x.data[i] : 0).toBe(sampleWeight.data[i] === 1 ? target - 1 : 0));
    for (let row = 0; row < rows; row++) {
      const own = Array.from({ length: x.data.length / steps / rows }, (_, window) =>
        Array.from(y.data.subarray((window * rows + row) * steps, (window * rows + row + 1) * steps)),
      ).flat();
      const read = own.filter((target) => target > 0);
      expect(read).toEqual(read.map((_, i) => (read[0] ?? 0) + i));
    }
  },
);
