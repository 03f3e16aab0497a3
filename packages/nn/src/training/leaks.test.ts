import { test } from "vitest";
import { adam, dense, dropout, input, lstm, sequential } from "../index.ts";
import { leavesNothing } from "../testing/leavesNothing.ts";

const model = sequential([input({ shape: [2, 1] }), lstm({ units: 2 }), dropout({ rate: 0.5 }), dense({ units: 1 })]);
const data = {
  x: [
    [[1], [2]],
    [[3], [4]],
  ],
  y: [[1], [2]],
};

test("a trainer whose backend fails at any step leaves nothing behind, and the next one works", () =>
  leavesNothing(async (backend) => {
    using trainer = await model.compile({ backend, optimizer: adam(), loss: "meanSquaredError" });
    await trainer.fit(data, { epochs: 2, batchSize: 2, validationData: data, restoreBestWeights: true });
    await trainer.evaluate(data);
    await trainer.predict(data.x);
  }));
