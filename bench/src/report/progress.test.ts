import { expect, test } from "vitest";
import { progressLine, progressText } from "./progress.ts";

const moment = { where: "matmul-256 (3 of 20)", what: "round 4 of 11: cpu", share: 0.5, left: 125_000 };

test("the line tells how far it is, how long is left, and what happens", () => {
  expect(progressText(moment)).toBe("━━━━━━──────  2 min 5 s left  matmul-256 (3 of 20): round 4 of 11: cpu");
  expect(progressText({ ...moment, share: 0, left: undefined })).toBe("────────────  matmul-256 (3 of 20): round 4 of 11: cpu");
});

test("a terminal is rewritten within its width, and left clean; a file gets nothing", () => {
  const written: string[] = [];
  const line = progressLine({ write: (text) => written.push(text), isTTY: true, columns: 31 });
  line.show(moment);
  line.clear();
  expect(written).toEqual(["\r━━━━━━──────  2 min 5 s left  \u001B[K", "\r\u001B[K"]);
  const silent: string[] = [];
  progressLine({ write: (text) => silent.push(text) }).show(moment);
  expect(silent).toEqual([]);
});
