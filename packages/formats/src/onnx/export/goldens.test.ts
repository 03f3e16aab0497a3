import { open } from "@sluice/cpu";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { readModel } from "../schema/model.ts";
import { modelCases } from "./testing/cases.ts";
import { printModel } from "./testing/print.ts";
import { exported } from "./testing/running.ts";

const backend = await open();
afterAll(() => backend.close());

// As onnxruntime ran them: a change here asks for scripts/checkOnnx.py again.
test.each([
  "lstm",
  "bidirectional-gru",
  "lstm-lengths",
  "words-lstm",
  "own-cell",
  "conv-same-strided",
  "multi-head-causal",
  "transformer-encoder",
])("the nodes of %s stay those that were checked", async (name) => {
  const one = modelCases.find((each) => each.name === name)!; // one of them
  const { bytes } = await exported({ ...one, runs: [] }, backend);
  const golden = fileURLToPath(new URL(`../../../fixtures/onnx/written/${name}.txt`, import.meta.url));
  await expect(printModel(readModel(bytes))).toMatchFileSnapshot(golden);
});
