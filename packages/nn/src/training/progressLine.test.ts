import { expect, test } from "vitest";
import { progressLine } from "./progressLine.ts";

test("progress is one line: epoch, bar, losses, rate and the time left", () => {
  const progress = {
    epoch: 3,
    epochs: 20,
    step: 50,
    steps: 200,
    loss: 0.12345,
    metrics: { mae: 2 },
    rate: 12345.6,
    etaSeconds: 71.2,
    executor: "reference",
  };
  expect(progressLine(progress)).toBe("epoch  3/20 [#####---------------]  50/200  loss 0.1235  mae 2.0000  12346 examples/s  1:12 left");
  expect(progressLine({ ...progress, epoch: 20, step: 200, etaSeconds: 0 })).toContain("epoch 20/20 [####################] 200/200");
});
