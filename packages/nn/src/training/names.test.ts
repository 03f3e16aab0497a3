// What a model, its layers and its measures may be called, and what is spoken of without a name.
import { open } from "@sluice/core/reference";
import { afterAll, expect, test } from "vitest";
import { add, dense, dropout, gru, input, model, sequential, sgd, type Metric } from "../index.ts";

const backend = await open();
afterAll(() => backend.close());

const ramp = (...shape: readonly number[]) => {
  const size = shape.reduce((a, b) => a * b, 1);
  return { dtype: "f32", shape, data: Float32Array.from({ length: size }, (_, i) => Math.sin(1.7 * i + 1)) } as const;
};
const metric = (name: string): Metric => ({
  ...{ name, better: "lower" },
  target: (shape) => ({ dtype: "float", shape }),
  perSample: (y, output) => output.sub(y).mul(output.sub(y)).mean(1),
});
const twice = (name: string) => expect.objectContaining({ code: "INVALID_ARGUMENT", facts: { name } });

for (const name of ["constructor", "toString", "hasOwnProperty"])
  test(`inputs, outputs and layers may be called what every record has: ${name}`, async () => {
    const [one, other] = [input({ shape: [3, 2] }), input({ shape: [3, 2] })];
    const hidden = gru({ units: 2, returnSequences: true, stateful: true })(add()([one, other]));
    const last = gru({ units: 2, name })(dropout({ rate: 0.5, name: "valueOf" })(hidden));
    const named = model({
      inputs: { [name]: one, other },
      outputs: { [name]: dense({ units: 1 })(last), plain: dense({ units: 1 })(last) },
    });
    const trainer = await named.compile({ backend, optimizer: sgd(), loss: { [name]: "mse", plain: "mse" } });
    const x = { [name]: ramp(4, 3, 2), other: ramp(4, 3, 2) };
    const lengths = { other: [1, 2, 3, 3] };
    const { epochs } = await trainer.fit({ x, y: { [name]: ramp(4), plain: ramp(4) }, lengths }, { epochs: 1, shuffle: false });
    expect(epochs[0]?.[`${name}Loss`]).toBeGreaterThan(0);
    const whole = await trainer.predict(x);
    expect(Object.keys(whole)).toEqual([name, "plain"]);
    const stream = await trainer.stream({ over: "other", inputs: { [name]: ramp(1, 3, 2) } }).catch((error: unknown) => error);
    expect(stream).toMatchObject({ code: "UNSUPPORTED" });
    trainer.dispose();
  });

test("two numbers of an epoch's log never share a name", async () => {
  const x = input({ shape: [2] });
  const two = (left: string, right: string) =>
    model({ inputs: x, outputs: { [left]: dense({ units: 1 })(x), [right]: dense({ units: 1 })(x) } });
  const optimizer = sgd();
  const nested = two("a", "aB").compile({ backend, optimizer, loss: { a: "mse", aB: "mse" }, metrics: { a: [metric("bLoss")] } });
  await expect(nested).rejects.toEqual(twice("aBLoss"));
  await expect(two("a", "valA").compile({ backend, optimizer, loss: { a: "mse", valA: "mse" } })).rejects.toEqual(twice("valALoss"));
  for (const name of ["loss", "epoch", "examplesPerSecond", "valLoss"])
    await expect(sequential([dense({ units: 1 })]).compile({ backend, optimizer, loss: "mse", metrics: [metric(name)] })).rejects.toEqual(
      twice(name),
    );
  const twoMetrics = sequential([dense({ units: 1 })]).compile({ backend, optimizer, loss: "mse", metrics: ["mae", metric("mae")] });
  await expect(twoMetrics).rejects.toEqual(twice("mae"));
});

test("what is said by name of an output without one is refused, not left unheard", async () => {
  const one = sequential([dense({ units: 1 })]);
  const refused = (option: string) => expect.objectContaining({ code: "INVALID_ARGUMENT", message: expect.stringContaining(option) });
  for (const [option, given] of [
    ["loss", { loss: { y: "mse" } }],
    ["lossWeights", { loss: "mse", lossWeights: { y: 2 } }],
    ["metrics", { loss: "mse", metrics: { y: ["mae"] } }],
  ] as const)
    await expect(one.compile({ backend, optimizer: sgd(), ...(given as object) })).rejects.toEqual(refused(option));
});
