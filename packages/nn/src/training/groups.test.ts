import { tmpdir } from "node:os";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { open } from "@sluice/cpu";
import { afterAll, expect, test } from "vitest";
import { adamW, dense, deserialize, lstm, sequential, serialize, sgd, type CompileOptions } from "../index.ts";
import { loadModel, saveModel } from "../node.ts";

const backend = await open();
const folder = mkdtempSync(join(tmpdir(), "sluice-groups-"));
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await backend.close();
});

const model = sequential([lstm({ units: 4 }), dense({ units: 1 })]);
const data = {
  x: Array.from({ length: 12 }, (_, i) => [[Math.sin(i)], [Math.cos(i)], [1]]),
  y: Array.from({ length: 12 }, (_, i) => i % 3),
};
const options: CompileOptions = { backend, optimizer: adamW({ learningRate: 0.01, globalClipNorm: 1 }), loss: "mse", seed: 1 };
const frozen: CompileOptions = { ...options, groups: [{ weights: "lstm", trainable: false }] };

test("frozen layers keep their bits through a fit, its best weights and its file, and training goes on from there with the same bits", async () => {
  using trainer = await model.compile({ ...frozen, backend });
  await trainer.fit(data, { epochs: 1, batchSize: 5 });
  const before = await trainer.weights();
  await trainer.fit(data, { epochs: 2, batchSize: 5, restoreBestWeights: true, validationData: data });
  const after = await trainer.weights();
  expect(after["lstm"]).toEqual(before["lstm"]);
  expect(after["dense"]).not.toEqual(before["dense"]);
  const path = join(folder, "frozen.safetensors");
  await saveModel(path, trainer, { optimizer: true });
  using resumed = await (await loadModel(path)).compile(frozen);
  for (const each of [trainer, resumed]) await each.fit(data, { epochs: 2, batchSize: 5 });
  expect(await resumed.weights()).toEqual(await trainer.weights());
  await expect((await loadModel(path)).compile(options)).rejects.toMatchObject({ code: "INVALID_ARGUMENT", message: expect.stringContaining("{ optimizer: false }") }); // prettier-ignore
  using anew = await (await loadModel(path, { optimizer: false })).compile(options);
  await anew.fit(data, { epochs: 1 });
  expect((await anew.weights())["lstm"]).not.toEqual(after["lstm"]);
});

test("l2 is part of the loss, in training and in evaluation; without decay weights of no gradient stay", async () => {
  const groups = [{ weights: /kernel$/, l2: 0.5 }];
  using plain = await model.compile({ ...options, optimizer: sgd({ learningRate: 0 }) });
  using priced = await model.compile({ ...options, optimizer: sgd({ learningRate: 0 }), groups });
  const [{ epochs: a }, { epochs: b }] = [await plain.fit(data, { epochs: 1 }), await priced.fit(data, { epochs: 1 })];
  const { kernel } = (await plain.weights()).dense;
  const price = 0.5 * kernel.data.reduce((sum, v) => sum + v * v, 0);
  expect(b[0]!.loss - a[0]!.loss).toBeCloseTo(price, 4);
  expect((await priced.evaluate(data)).loss - (await plain.evaluate(data)).loss).toBeCloseTo(price, 4);
});

test("a file says what did not train: other groups are refused also where the optimizer has no arrays, and so is a file that lacks some", async () => {
  const plain: CompileOptions = { ...frozen, optimizer: sgd() };
  using trainer = await model.compile(plain);
  let bytes: Uint8Array | undefined;
  await trainer.fit(data, { epochs: 2, restoreBestWeights: true, onEpochEnd: async ({ epoch }) => void (epoch === 2 && (bytes = await serialize(trainer, { optimizer: true }))) }); // prettier-ignore
  await expect(deserialize(bytes!).compile({ ...plain, groups: [] })).rejects.toMatchObject({ code: "INVALID_ARGUMENT", message: expect.stringContaining("all weights but lstm.wx, lstm.wh, lstm.b trained") }); // prettier-ignore
  using again = await deserialize(bytes!).compile(plain);
  await again.fit(data, { epochs: 1 });
  const text = new TextDecoder("latin1").decode(bytes);
  const renamed = Uint8Array.from(text.replace("best/dense.bias", "best/dense.bios"), (letter) => letter.charCodeAt(0));
  expect(() => deserialize(renamed)).toThrow(expect.objectContaining({ code: "FILE_FOREIGN" }));
});

test("a group that others before it hide is refused, and options that make no sense at once", async () => {
  const groups = [{ weights: /./, weightDecay: false }, { weights: "dense", trainable: false }]; // prettier-ignore
  await expect((async () => { using made = await model.compile({ ...options, groups }); await made.fit(data, { epochs: 1 }); })()).rejects.toMatchObject({ code: "INVALID_ARGUMENT", message: expect.stringContaining("groups before it hold already") }); // prettier-ignore
  await expect(model.compile({ ...options, groups: [{ weights: "lstm", l1: -1 }] })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  await expect(model.compile({ ...options, groups: [{ weights: "lstm", lr: 3 } as never] })).rejects.toMatchObject({
    code: "INVALID_ARGUMENT",
  });
});

test("groups that name no weight, or leave none to train, are refused", async () => {
  const fit = async (groups: CompileOptions["groups"]) => {
    using trainer = await model.compile({ ...options, ...(groups && { groups }) });
    await trainer.fit(data, { epochs: 1 });
  };
  await expect(fit([{ weights: "lstn", trainable: false }])).rejects.toMatchObject({ code: "INVALID_ARGUMENT", message: expect.stringContaining("lstn") }); // prettier-ignore
  await expect(fit([{ weights: /./, trainable: false }])).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  await expect(fit([{ weights: "dense", trainable: 1 } as never])).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
});

test("a trainer that only predicts may be told that nothing trains", async () => {
  using trainer = await model.compile({ backend, groups: [{ weights: /./, trainable: false }], seed: 1 });
  using plain = await model.compile({ backend, seed: 1 });
  expect(await trainer.predict(data.x)).toEqual(await plain.predict(data.x));
});
