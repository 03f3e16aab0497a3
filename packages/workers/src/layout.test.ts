import { barrierLayout } from "@sluice/cpu/kit";
import { expect, test } from "vitest";
import * as layout from "./layout.js";

test("modules and threads find a barrier's words at the same place", () => {
  const { barrierArrived, barrierPhase, barrierStop, barrierSleeps } = layout;
  const words = { arrived: barrierArrived, phase: barrierPhase, stop: barrierStop, sleeps: barrierSleeps };
  const bytes = Object.fromEntries(Object.entries(words).map(([word, at]) => [word, 4 * at]));
  expect(barrierLayout).toEqual({ ...bytes, bytes: barrierLayout.bytes });
  expect(barrierLayout.bytes).toBeLessThanOrEqual(4 * layout.head);
  expect(layout.subsetBarrier * 4 + barrierLayout.bytes).toBeLessThanOrEqual(4 * layout.ring);
});
