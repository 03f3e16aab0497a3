// Keras's own files against what Keras gave.
import { open } from "@sluice/cpu";
import { describe, expect, it } from "vitest";
import { fixture, fixtureBytes } from "../testing/fixtures.ts";
import { fromKeras } from "./fromKeras.ts";

const names = ["conv-lstm", "functional-attention-two-heads", "masked-bidirectional", "sequential-recurrent"];

describe("fromKeras", () => {
  it.each(names)("%s gives Keras's numbers", async (name) => {
    const { inputs, outputs } = fixture(`keras/${name}`);
    const model = fromKeras<null, string | null>(fixtureBytes(`keras/${name}.keras`));
    const backend = await open();
    const trainer = await model.compile({ backend });
    const { data, shape } = inputs[0]!; // there is one
    const given = await trainer.predict(rows(data, shape) as never);
    const all = "data" in given ? [given] : Object.values(given);
    all.forEach((output, i) => {
      const wanted = outputs[i]!; // one for each
      expect((output as { shape: readonly number[] }).shape).toEqual(wanted.shape);
      const most = Math.max(...Array.from((output as { data: Float32Array }).data, (value, k) => Math.abs(value - wanted.data[k]!)));
      expect(most).toBeLessThan(2e-6);
      console.log(name, most);
    });
    trainer.dispose();
    await backend.close();
  });
});

function rows(data: readonly number[], shape: readonly number[]): unknown {
  if (shape.length <= 1) return data;
  const size = data.length / shape[0]!;
  return Array.from({ length: shape[0]! }, (_, i) => rows(data.slice(i * size, (i + 1) * size), shape.slice(1)));
}
