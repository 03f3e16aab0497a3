import { expect, test } from "vitest";
import { dense } from "../layers/dense.ts";
import { embedding } from "../layers/embedding.ts";
import { input } from "../layers/input.ts";
import { sequential } from "./sequential.ts";

test("layers without a name are numbered by kind, past the names that are taken", () => {
  const model = sequential([dense({ units: 1 }), dense({ units: 1, name: "dense_1" }), dense({ units: 1 })]);
  expect(model.layers.map(({ name }) => name)).toEqual(["dense", "dense_1", "dense_2"]);
});

test("no layers, a name twice or a name with a dot are refused", () => {
  const refused = expect.objectContaining({ code: "INVALID_ARGUMENT" });
  expect(() => sequential([])).toThrow(refused);
  expect(() => sequential([dense({ units: 1, name: "a" }), dense({ units: 1, name: "a" })])).toThrow(refused);
  expect(() => sequential([dense({ units: 1, name: "a.b" })])).toThrow(refused);
});

test("each layer is built for what the one before gives", () => {
  const built = sequential([input({ shape: [4, 3] }), dense({ units: 5 }), dense({ units: 2 })]).build({
    shape: [4, 3],
    axes: ["steps", "features"],
    dtype: "float",
  });
  expect(built.outputs["y"]).toEqual({
    spec: { shape: [4, 2], axes: ["steps", "units"], dtype: "float" },
    activation: "linear",
    lengthsOf: ["x"],
  });
  expect(built.weights).toMatchObject({
    dense: { kernel: { axes: { features: 3, units: 5 } } },
    dense_1: { kernel: { axes: { features: 5, units: 2 } } },
  });
});

test("a model reads indices where its first layer, past the input, does", () => {
  expect(sequential([embedding({ inputDim: 7, outputDim: 2 })]).indices).toEqual({ x: 7 });
  expect(sequential([embedding({ inputDim: 7, outputDim: 2 })]).sample([5])).toEqual({ shape: [5], axes: ["steps"], dtype: "i32" });
  expect(sequential([input({ shape: [5], dtype: "i32" }), embedding({ inputDim: 7, outputDim: 2 })]).indices).toEqual({ x: 7 });
  expect(sequential([dense({ units: 1 })]).indices["x"]).toBeUndefined();
});
