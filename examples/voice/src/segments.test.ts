import { expect, test } from "vitest";
import { segmenter, segmentsOf } from "./segments.ts";

const chunk = 0.1;
const times = (probabilities: readonly number[], rules: object = {}) =>
  segmentsOf(probabilities, { chunk, ...rules }).map(({ from, to }) => [from.toFixed(1), to.toFixed(1)].join("–"));

test("speech lasts from the first probable chunk to the last", () => {
  expect(times([0, 0, 0.9, 0.9, 0.9, 0, 0])).toEqual(["0.2–0.5"]);
  expect(times([0.9, 0.9, 0.9])).toEqual(["0.0–0.3"]);
  expect(times([])).toEqual([]);
});

test("a probability between the thresholds neither begins speech nor ends it", () => {
  expect(times([0.4, 0.4, 0.4, 0.4])).toEqual([]);
  expect(times([0.5, 0.5, 0.4, 0.4, 0.5, 0])).toEqual(["0.0–0.5"]);
});

test("a pause that is shorter than `silence` is part of the speech, and one that is not parts it", () => {
  const speech = [0.9, 0.9, 0.9, 0, 0.9, 0.9, 0.9, 0, 0];
  expect(times(speech, { silence: 0.2 })).toEqual(["0.0–0.7"]);
  expect(times(speech, { silence: 0.1 })).toEqual(["0.0–0.3", "0.4–0.7"]);
});

test("what is shorter than `shortest` is noise", () => {
  expect(times([0.9, 0, 0, 0.9, 0.9, 0.9, 0])).toEqual(["0.3–0.6"]);
});

test("as it streams: it says that somebody speaks at once, and what was said when it is over", () => {
  const watch = segmenter({ chunk, silence: 0.2 });
  const seen = [0.9, 0.9, 0.9, 0, 0, 0].map((each) => [watch.next(each)?.to.toFixed(1), watch.speaking]);
  expect(seen).toEqual([[undefined, true], [undefined, true], [undefined, true], [undefined, true], ["0.3", false], [undefined, false]]); // prettier-ignore
  expect(watch.end()).toBe(undefined);
});
