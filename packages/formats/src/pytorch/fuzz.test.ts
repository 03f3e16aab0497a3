import { random, type HostArray } from "@sluice/core";
import type { Model } from "@sluice/nn";
import { expect, test } from "vitest";
import { openSafetensors } from "../safetensors/file.ts";
import { mutated } from "../safetensors/testing/mutated.ts";
import { writeSafetensors } from "../safetensors/write.ts";
import { fromPyTorch } from "./fromPyTorch.ts";
import { torchCases } from "./testing/cases.ts";
import { torchFixture, torchModule } from "./testing/torch.ts";
import { torchModules } from "./torchModules.ts";

const known = /^(FILE_CORRUPT|FILE_FOREIGN|UNSUPPORTED|DTYPE_MISMATCH|INVALID_ARGUMENT|SHAPE_MISMATCH|NOT_FINITE)$/;

test("500 mutated state dicts each give a model, or a typed error", { timeout: 60_000 }, async () => {
  const cases = await Promise.all(
    Object.entries(torchCases).map(async ([name, { own, model, layers }]) => {
      const { tensors } = await (own ? torchFixture(name) : torchModule(name));
      return { bytes: writeSafetensors(tensors), model: model as unknown as Model, layers, shape: name === "tagger" ? { shape: [5] } : {} }; // whatever its names
    }),
  );
  const draw = random("state dict fuzz");
  let [made, refused] = [0, 0];
  for (let i = 0; i < 500; i++) {
    const { bytes, model, layers, shape } = cases[i % cases.length]!; // one of them
    try {
      const file = await openSafetensors(mutated(bytes, draw));
      const { saved } = await fromPyTorch(model, file, { layers, ...shape });
      expect(Object.values(saved?.weights ?? {}).every(({ data }) => data.every(Number.isFinite))).toBe(true);
      made++;
    } catch (error) {
      refused++;
      expect(error).toEqual(expect.objectContaining({ name: "SluiceError", code: expect.stringMatching(known) }));
    }
  }
  expect(Math.min(made, refused)).toBeGreaterThan(20);
  expect(Object.keys(Object.prototype)).toEqual([]);
});

test("300 records with names, shapes and types drawn anew each give weights, or a typed error", async () => {
  const draw = random("record fuzz"),
    below = (n: number): number => draw.integers(1, n)[0] ?? 0;
  const names = [
    "weight_ih_l0",
    "weight_hh_l0",
    "bias_ih_l0",
    "bias_hh_l0",
    "weight_hr_l0",
    "__proto__",
    "weight",
    "in_proj_weight",
    "out_proj.weight",
    "running_mean",
  ];
  const makers = Object.values(torchModules) as unknown as readonly ((tensors: Readonly<Record<string, HostArray>>) => unknown)[]; // each takes these
  for (let i = 0; i < 300; i++) {
    const entries = Array.from({ length: below(8) }, (): [string, HostArray] => {
      const shape = Array.from({ length: below(4) }, () => [0, 1, 2, 4, 8, 12, 16][below(7)] ?? 0);
      const length = shape.reduce((a, b) => a * b, 1);
      return [
        names[below(names.length)] ?? "",
        below(5) === 0 ? { dtype: "i32", shape, data: new Int32Array(length) } : { dtype: "f32", shape, data: new Float32Array(length) },
      ];
    });
    try {
      expect(makers[i % makers.length]?.(Object.fromEntries(entries))).toBeTypeOf("object");
    } catch (error) {
      expect(error).toEqual(expect.objectContaining({ name: "SluiceError", code: expect.stringMatching(known) }));
    }
  }
});
