import { lstmForward } from "@sluice/core/kit";
import { expect, test } from "vitest";
import { estimate } from "./estimate.ts";

test("threads gain on a batch, and nothing on single rows, where barriers take longer than the work", () => {
  const sizes = { steps: 100, input: 64, units: 128 };
  expect(estimate(lstmForward({ batch: 32, ...sizes }), 2).gainUs).toBeGreaterThan(1000);
  expect(estimate(lstmForward({ batch: 1, ...sizes }), 2).gainUs).toBe(0);
  expect(estimate(lstmForward({ batch: 32, ...sizes }), 1).gainUs).toBe(0);
});
