// Looking into a trainer: the loss and the outputs that tools trace are those of evaluate and predict, with the weights as they are then.
import { gradient } from "@sluice/core";
import { open } from "@sluice/core/reference";
import { afterAll, expect, test } from "vitest";
import { dense, dropout, input, lstm, sequential, sgd, type Data } from "../index.ts";
import { lookAtLoss, lookAtOutputs } from "./look.ts";

const backend = await open();
afterAll(() => backend.close());
const net = sequential([input({ shape: [4, 2] }), lstm({ units: 3 }), dropout({ rate: 0.5 }), dense({ units: 1 })]);
const compiled = () => net.compile({ backend, optimizer: sgd({ learningRate: 0.1 }), loss: "mse", seed: 1, dtype: "f64" });
const x = Array.from({ length: 5 }, (_, i) => Array.from({ length: 4 }, (_, t) => [Math.sin(i + t), Math.cos(i * t)]));
const data = { x, y: x.map((row) => [row[0]![0]!]), lengths: [4, 2, 3, 1, 4], sampleWeight: [1, 2, 0, 1, 3] } satisfies Data;

test("the loss that is seen is the one that evaluate gives, before and after a fit", async () => {
  await using trainer = await compiled();
  const look = await lookAtLoss(trainer, data, { who: "test" }, ({ loss }) => ({ loss: loss() }));
  for (let i = 0; i < 2; i++) {
    const { loss } = await look.run();
    expect(loss?.data[0]).toBeCloseTo((await trainer.evaluate(data)).loss, 12);
    await trainer.fit(data, { epochs: 2 });
  }
  look.dispose();
  await expect(look.run()).rejects.toMatchObject({ code: "DISPOSED" });
});

test("so many rows are looked at, of other inputs where those are given, with what was asked for beside", async () => {
  await using trainer = await compiled();
  const beside = { scale: { shape: [], dtype: "f64" } } as const;
  const look = await lookAtOutputs(trainer, { x }, { who: "test", samples: 2, beside }, ({ apply, x: own, beside: { scale } }) => {
    const scaled = { x: own["x"]!.mul(scale!) },
      y = apply(scaled).outputs["y"]!;
    return { y, slope: gradient(y.sum(), scale!) };
  });
  expect(look.samples).toBe(2);
  const at = async (scale: number) => look.run({ scale: Float64Array.of(scale) });
  const { y, slope } = await at(0.5);
  const half = x.slice(0, 2).map((row) => row.map((step) => step.map((value) => value / 2)));
  expect(Array.from(y!.data)).toEqual(Array.from((await trainer.predict(half)).data));
  const sum = async (scale: number) => Array.from((await at(scale)).y!.data, Number).reduce((all, one) => all + one, 0);
  expect(slope!.data[0]).toBeCloseTo(((await sum(0.5 + 1e-5)) - (await sum(0.5 - 1e-5))) / 2e-5, 8);
});

test("it goes with its trainer, and what is no trainer is refused", async () => {
  const trainer = await compiled();
  const look = await lookAtLoss(trainer, data, { who: "test" }, ({ loss }) => ({ loss: loss() }));
  trainer.dispose();
  await expect(look.run()).rejects.toMatchObject({ code: "DISPOSED" });
  await expect(lookAtLoss(trainer, data, { who: "test" }, () => ({}))).rejects.toMatchObject({ code: "DISPOSED" });
  await expect(lookAtLoss({} as never, data, { who: "test" }, () => ({}))).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
});
