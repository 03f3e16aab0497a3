// How large standalone files are, beside their weights: the table of docs/formats/standalone.md.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { open } from "@sluice/cpu";
import {
  adam,
  conv1D,
  dense,
  globalAveragePooling1D,
  gru,
  input,
  lstm,
  sequential,
  tokenAndPositionEmbedding,
  transformerDecoder,
} from "@sluice/nn";
import type { AnyModel } from "@sluice/nn/kit";
import { expect, test } from "vitest";
import { runtimeText } from "./runtimeText.ts";
import { standalone, type StandaloneOptions } from "./index.ts";

const backend = await open();
const kilobytes = (bytes: number): number => Math.round(bytes / 100) / 10;
const zipped = (contents: string | Uint8Array): number => kilobytes(gzipSync(contents, { level: 9 }).length);

const signals = input({ shape: [20, 64] });
const classes = dense({ units: 10, activation: "softmax" });
const models: Readonly<Record<string, { readonly model: AnyModel; readonly options?: StandaloneOptions }>> = {
  "LSTM 64→128, dense": { model: sequential([signals, lstm({ units: 128 }), classes]) },
  "the same, batch 32": { model: sequential([signals, lstm({ units: 128 }), classes]), options: { batch: 32 } },
  "GRU 64→128, dense": { model: sequential([signals, gru({ units: 128 }), classes]) },
  "convolution, pooled": {
    model: sequential([signals, conv1D({ filters: 32, kernelSize: 5, activation: "relu" }), globalAveragePooling1D(), classes]),
  },
  "transformer, 2 blocks of 64": {
    model: sequential([
      input({ shape: [32], dtype: "i32" }),
      tokenAndPositionEmbedding({ vocabularySize: 100, sequenceLength: 32, embeddingDim: 64 }),
      transformerDecoder({ numHeads: 4, intermediateDim: 128 }),
      transformerDecoder({ numHeads: 4, intermediateDim: 128 }),
      dense({ units: 100 }),
    ]),
    options: { maxSteps: 32 },
  },
};

test("the sizes are those of the table, within a twentieth", async () => {
  const page = readFileSync(fileURLToPath(new URL("../../../../docs/formats/standalone.md", import.meta.url)), "utf8");
  const told = new Map(
    [...page.matchAll(/^\| ([^|]+) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|$/gm)].map(([, name = "", ...sizes]) => [
      name,
      sizes.map(Number),
    ]),
  );
  const measured: [name: string, sizes: readonly number[]][] = [];
  for (const [name, { model, options }] of Object.entries(models)) {
    using trainer = await model.compile({ backend });
    const { code, wasm, weights } = await standalone(trainer, { ...options, weights: "separate" });
    measured.push([name, [kilobytes(wasm.length), kilobytes(code.length), zipped(code), kilobytes(weights.length)]]);
  }
  console.log(measured.map(([name, sizes]) => `| ${name} | ${sizes.join(" | ")} |`).join("\n"));
  console.log(`the runtime alone: ${zipped(runtimeText)} kB`);
  const near = measured.map(([name, sizes]) => [name, sizes.map((size) => expect.closeTo(size, -Math.log10(size / 10)))]);
  expect([...told]).toEqual(near);
});

test("a trained LSTM is at most 30 kB, gzipped, beside its weights", async () => {
  using trainer = await sequential([input({ shape: [20, 64] }), lstm({ units: 128 }), dense({ units: 10 })]).compile({
    backend,
    optimizer: adam(),
    loss: "meanSquaredError",
  });
  const x = { dtype: "f32", shape: [32, 20, 64], data: Float32Array.from({ length: 32 * 20 * 64 }, (_, i) => Math.sin(i)) } as const;
  await trainer.fit({ x, y: { dtype: "f32", shape: [32, 10], data: new Float32Array(320) } }, { epochs: 1 });
  const { code, weights } = await standalone(trainer, { batch: 32, weights: "separate" });
  expect(zipped(code)).toBeLessThan(30);
  const whole = await standalone(trainer, { batch: 32 });
  expect(zipped(whole.code) - kilobytes(gzipSync(Buffer.from(weights).toString("base64"), { level: 9 }).length)).toBeLessThan(30);
});
