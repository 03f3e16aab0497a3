// The smallest file of a model, for tests to change.
import type { HostArray } from "@sluice/core";
import type { Tensors } from "../saving/safetensors.ts";

export const kernel: HostArray = { dtype: "f32", shape: [1, 1], data: new Float32Array(1) };
export const record = {
  name: "m",
  layers: [{ kind: "dense", config: { units: 1, useBias: false } }],
  sample: { shape: [1], dtype: "float" },
};
export const good: Tensors = { tensors: { "dense.kernel": kernel }, metadata: { sluice: "1", model: JSON.stringify(record) } };
export const withModel = (changes: object): Tensors => ({
  ...good,
  metadata: { sluice: "1", model: JSON.stringify({ ...record, ...changes }) },
});
