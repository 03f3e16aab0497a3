import { array, compile, type SluiceError, type Tensor } from "@sluice/core";
import { open } from "@sluice/core/reference";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ctc } from "../losses/ctc.ts";
import { ctcBeamSearch } from "./ctcBeamSearch.ts";
import { ctcGreedy } from "./ctcGreedy.ts";

const backend = await open();

/** Probabilities of a sample. */
const anyScores = fc.record({ steps: fc.integer({ min: 1, max: 4 }), classes: fc.integer({ min: 2, max: 3 }) }).chain(({ steps, classes }) =>
  fc.array(fc.array(fc.integer({ min: 1, max: 20 }), { minLength: classes, maxLength: classes }), { minLength: steps, maxLength: steps }),
).map((rows) => rows.map((row) => row.map((n) => n / row.reduce((a, b) => a + b, 0)))); // prettier-ignore

/** By labels, "1,2": Σ p over their paths; and the path of largest scores. */
function enumerated(rows: readonly (readonly number[])[], blank: number): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const walk = (step: number, path: readonly number[], p: number): void => {
    if (step < rows.length) return rows[step]!.forEach((q, k) => walk(step + 1, [...path, k], p * q));
    const labels = path.filter((k, i) => k !== blank && k !== path[i - 1]).join();
    found.set(labels, (found.get(labels) ?? 0) + p);
  };
  walk(0, [], 1);
  return found;
}

test("beams for all sequences of labels find each with its probability, the likeliest first", () => {
  fc.assert(
    fc.property(anyScores, fc.boolean(), (rows, isLast) => {
      const blank = isLast ? rows[0]!.length - 1 : 0;
      const [hypotheses] = ctcBeamSearch({ scores: [rows], beams: 1000, blank });
      const right = enumerated(rows, blank);
      expect(hypotheses!.map(({ labels }) => labels.join()).toSorted()).toEqual([...right.keys()].toSorted());
      for (const { labels, score } of hypotheses!) expect(Math.exp(score)).toBeCloseTo(right.get(labels.join())!, 12);
      for (const [i, { score }] of hypotheses!.slice(1).entries()) expect(score).toBeLessThanOrEqual(hypotheses![i]!.score);
      const [fromLogits] = ctcBeamSearch({
        scores: [rows.map((row) => row.map((p) => 7 + Math.log(p)))],
        beams: 1000,
        blank,
        fromLogits: true,
      });
      fromLogits!.forEach(({ score }, i) => expect(score).toBeCloseTo(hypotheses![i]!.score, 10));
    }),
    { numRuns: 40 },
  );
});

test("the greedy path is the likeliest one", () => {
  fc.assert(
    fc.property(anyScores, (rows) => {
      const path = rows.map((row) => row.indexOf(Math.max(...row)));
      expect(ctcGreedy({ scores: [rows] })).toEqual([path.filter((k, i) => k !== 0 && k !== path[i - 1])]);
    }),
    { numRuns: 40 },
  );
});

test("the likeliest labels need not be those of the likeliest path", () => {
  const scores = [[[0.6, 0.4], [0.6, 0.4]]]; // prettier-ignore
  expect(ctcGreedy({ scores })).toEqual([[]]); // 0.36
  const [[first, second] = []] = ctcBeamSearch({ scores });
  expect([first, second]).toEqual([{ labels: [1], score: expect.closeTo(Math.log(0.64), 12) }, { labels: [], score: expect.closeTo(Math.log(0.36), 12) }]); // prettier-ignore
});

test("a score is what the loss says of its labels", async () => {
  const logits = [[0.2, 1.5, -0.3], [0.1, 0.4, 0.9], [-1, 0.5, 0.3]]; // prettier-ignore
  const [hypotheses] = ctcBeamSearch({ scores: [logits], fromLogits: true });
  const cost = compile(backend, (y: Tensor, z: Tensor) => ctc.perSample(y, z));
  const padded = hypotheses!.map(({ labels }) => [...labels, 0, 0, 0].slice(0, 3));
  const result = await cost(array(backend, new Int32Array(padded.flat()), { shape: [padded.length, 3] }), array(backend, new Float64Array(padded.flatMap(() => logits.flat())), { shape: [padded.length, 3, 3] })); // prettier-ignore
  const costs = [...(await result.read())];
  hypotheses!.forEach(({ score }, i) => expect(score).toBeCloseTo(-costs[i]!, 10));
});

test("steps past a length are not looked at, and labels of no steps are none", () => {
  const past = [[0, 1], [0.2, 0.8], [Number.NaN, Number.NaN]]; // prettier-ignore
  const scores = [past, past.toReversed()];
  expect(ctcGreedy({ scores, lengths: [2, 0] })).toEqual([[1], []]);
  expect(ctcBeamSearch({ scores, lengths: [2, 0], beams: 1 }).map(([best]) => best?.labels)).toEqual([[1], []]);
  expect(() => ctcGreedy({ scores })).toThrow(expect.objectContaining({ code: "NOT_FINITE" } satisfies Partial<SluiceError>));
});

test("a class of probability 0 begins no labels", () => {
  expect(ctcBeamSearch({ scores: [[[0, 1, 0], [0, 1, 0]]] })).toEqual([[{ labels: [1], score: 0 }]]); // prettier-ignore
});

test("scores, lengths and options that are none are refused", () => {
  const throws = (given: object, code: string) => expect(() => ctcGreedy(given as never)).toThrow(expect.objectContaining({ code }));
  throws({}, "INVALID_ARGUMENT");
  throws({ scores: [[1, 2]] }, "SHAPE_MISMATCH");
  throws({ scores: [[[1, 2]]], blank: 2 }, "SHAPE_MISMATCH");
  expect(() => ctcBeamSearch({ scores: [[[1, -2]]] })).toThrow(expect.objectContaining({ code: "INDEX_OUT_OF_RANGE" })); // logits
  throws({ scores: [[[1, 2]]], lengths: [2] }, "INDEX_OUT_OF_RANGE");
  throws({ scores: [[[1, 2]]], lengths: [1, 1] }, "SHAPE_MISMATCH");
  throws({ scores: [[[1, 2]]], maskIndex: 0 }, "INVALID_ARGUMENT");
  expect(() => ctcBeamSearch({ scores: [[[1, 2]]], beams: 0 })).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
});
