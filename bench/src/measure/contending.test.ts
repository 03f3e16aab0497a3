import { afterEach, expect, test, vi } from "vitest";
import { Failed, within } from "./contending.ts";
import type { Question } from "./protocol.ts";

afterEach(() => void vi.useRealTimers());

test.each<[Question, object, number, string]>([
  ["prepare", {}, 60_000, "was not ready and through its first run within 60 s"],
  ["judge", {}, 300_000, "did not answer within 300 s"],
  ["turn", { ms: 200 }, 300_200, "did not answer within 300.2 s"],
])("who does not answer %s %j is waited for no longer than %i ms", async (question, asked, limit, reason) => {
  vi.useFakeTimers();
  let outcome: unknown = "still waited for";
  within(new Promise(() => {}), question, asked).catch((error: unknown) => (outcome = error));
  await vi.advanceTimersByTimeAsync(limit - 1);
  expect(outcome).toBe("still waited for");
  await vi.advanceTimersByTimeAsync(1);
  expect(outcome).toEqual(new Failed(reason));
});
