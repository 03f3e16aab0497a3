import { counting } from "@sluice/core/kit";
import { open } from "@sluice/core/reference";
import { expect, test } from "vitest";
import { adam, dense, dropout, input, lstm, sequential } from "../index.ts";

const model = sequential([input({ shape: [2, 1] }), lstm({ units: 2 }), dropout({ rate: 0.5 }), dense({ units: 1 })]);
const data = {
  x: [
    [[1], [2]],
    [[3], [4]],
  ],
  y: [[1], [2]],
};

test("a trainer whose backend fails at any step leaves nothing behind, and the next one works", async () => {
  const { backend, alive, failAt, failed } = counting(await open());
  const use = async (): Promise<void> => {
    using trainer = await model.compile({ backend, optimizer: adam(), loss: "meanSquaredError" });
    await trainer.fit(data, { epochs: 2, batchSize: 2, validationData: data, restoreBestWeights: true });
    await trainer.evaluate(data);
    await trainer.predict(data.x);
  };
  for (let n = 1, more = true; more; n++) {
    failAt(n);
    await use().catch((error: unknown) => {
      expect(error).toEqual(expect.objectContaining({ code: "OUT_OF_MEMORY" }));
    });
    more = failed();
    expect(alive()).toBe(0);
  }
  failAt(0);
  await use();
  expect(alive()).toBe(0);
});
