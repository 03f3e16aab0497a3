import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { hostArray, scan, tanh, type Tensor } from "@sluice/core";
import * as nn from "@sluice/nn";
import { open } from "@sluice/cpu";
import { expect, test } from "vitest";
import { readModel } from "../schema/model.ts";
import { tensorValue } from "../schema/tensor.ts";
import { toOnnx } from "./toOnnx.ts";
import { version } from "./version.ts";

const kernel = hostArray(Float32Array.of(1, 2, 3, 4, 5, 6), { shape: [3, 2] });
const small = nn.sequential([nn.dense({ units: 2, useBias: false })], { name: "small" }).withWeights({ dense: { kernel } } as never, [3]);

test("the version that files name is the package's", () => {
  const text = readFileSync(fileURLToPath(new URL("../../../package.json", import.meta.url)), "utf8");
  expect((JSON.parse(text) as { readonly version: string }).version).toBe(version);
});

test("a file says who wrote it, what it is and what it was given, and holds weights by their names", async () => {
  const model = readModel(await toOnnx(small, { doc: "Two of three", metadata: { labels: "rain,snow" } }));
  expect(model).toMatchObject({ producerName: "sluice", producerVersion: version, docString: "Two of three", irVersion: 8n });
  expect(model.opsetImport).toMatchObject([{ domain: "", version: 18n }]);
  expect(model.metadataProps).toMatchObject([{ key: "labels", value: "rain,snow" }]);
  expect(model.graph?.name).toBe("small");
  const [tensor] = model.graph?.initializer ?? [];
  expect(tensor && tensorValue(tensor)).toMatchObject({ name: "dense.kernel", shape: [3, 2], data: kernel.data });
});

test("sizes are open by name, or those that are given", async () => {
  const dims = async (options: Parameters<typeof toOnnx>[1]): Promise<unknown> => {
    const { graph } = readModel(await toOnnx(small, options));
    const [{ type } = {}] = graph?.input ?? [];
    return type?.value.case === "tensorType" && type.value.value.shape?.dim.map(({ value }) => value.value);
  };
  expect(await dims({})).toEqual(["batch", 3n]);
  expect(await dims({ batch: 4 })).toEqual([4n, 3n]);
});

test("a function's inputs, weights and results have their paths for names", async () => {
  const fn = ({ gate }: { readonly gate: { readonly w: Tensor } }, { x, y }: { readonly x: Tensor; readonly y: Tensor }) => ({
    sum: x.dot(gate.w),
    rest: [y],
  });
  const spec = { shape: [2, 3], dtype: "f32" } as const;
  const { graph } = readModel(await toOnnx({ fn, weights: { gate: { w: kernel } }, inputs: { x: spec, y: spec } }, { name: "named" }));
  expect(graph?.name).toBe("named");
  expect(graph?.input.map(({ name }) => name)).toEqual(["x", "y"]);
  expect(graph?.output.map(({ name }) => name)).toEqual(["sum", "rest.0"]);
  expect(graph?.initializer.map(({ name }) => name)).toContain("gate.w");
});

test("inputs keep their names beside weights and results that are called so", async () => {
  const fn = ({ x: w }: { readonly x: Tensor }, { x }: { readonly x: Tensor }) => ({ x: x.dot(w), y: x });
  const { graph } = readModel(await toOnnx({ fn, weights: { x: kernel }, inputs: { x: { shape: [2, 3], dtype: "f32" } } }));
  expect(graph?.input.map(({ name }) => name)).toEqual(["x"]);
  expect(graph?.output.map(({ name }) => name)).toEqual(["x_1", "y"]);
});

test("thousands of nodes one behind the other take no deep stack, in the body of a loop neither", async () => {
  const deep = (x: Tensor): Tensor => Array.from({ length: 4000 }).reduce<Tensor>((y) => tanh(y).add(1), x);
  const fn = (_: unknown, { x }: { readonly x: Tensor }) =>
    scan({ state: deep(x), inputs: {}, steps: 2, step: (s) => ({ state: deep(s), output: s }) }).state;
  const { graph } = readModel(await toOnnx({ fn, inputs: { x: { shape: [3], dtype: "f32" } } }));
  expect(graph?.node.filter(({ opType }) => opType === "Tanh")).toHaveLength(4000);
});

test("a trainer is written as it stands, without touching it, and the caller's weights stay theirs", async () => {
  const backend = await open();
  const trainer = await small.compile({ backend, optimizer: nn.sgd({ learningRate: 0.1 }), loss: "mse" });
  const before = await toOnnx(trainer);
  await trainer.fit({ x: [[1, 2, 3]], y: [[0, 0]] }, { epochs: 1 });
  const after = await toOnnx(trainer);
  expect(after).not.toEqual(before);
  expect(await toOnnx(trainer)).toEqual(after);
  expect([...kernel.data]).toEqual([1, 2, 3, 4, 5, 6]);
  trainer.dispose();
  await backend.close();
});
