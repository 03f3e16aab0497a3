import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { open } from "@sluice/cpu";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Backend, hostArray } from "@sluice/core";
import { fixture, fixtureBytes } from "../testing/fixtures.ts";
import { compileOnnx } from "./import/compileOnnx.ts";
import { fromOnnx } from "./import/fromOnnx.ts";

let backend: Backend;
beforeAll(async () => void (backend = await open()));
afterAll(() => backend.close());

const files = readdirSync(fileURLToPath(new URL("../../fixtures/onnx", import.meta.url))).filter((name) => name.endsWith(".onnx"));

test.each(files)("%s gives PyTorch's numbers", async (file) => {
  const { inputs, outputs } = fixture(`torch/${file.split(".")[0]}`),
    net = fromOnnx(fixtureBytes(`onnx/${file}`));
  using run = await compileOnnx(backend, net);
  const given = net.summary.inputs.map(({ name }, i) => [name, hostArray(inputs[i]!.data, { shape: inputs[i]!.shape })] as const);
  const results = await run(Object.fromEntries(given)),
    ordered = net.summary.outputs.map(({ name }) => results[name]!);
  expect(ordered.map(({ shape }) => shape)).toEqual(outputs.map(({ shape }) => shape));
  expect(Math.max(...ordered.map(({ data }, i) => farthest(data, outputs[i]!.data)))).toBeLessThanOrEqual(2e-6);
});

function farthest(got: ArrayLike<number>, wanted: readonly number[]): number {
  return Math.max(...wanted.map((y, i) => Math.abs(y - got[i]!)));
}
