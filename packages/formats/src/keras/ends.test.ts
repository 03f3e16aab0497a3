// Inputs and outputs by name, or as a list: what goes out comes back under the same ends.
import { open } from "@sluice/cpu";
import { dense, input, model } from "@sluice/nn";
import { describe, expect, it } from "vitest";
import { fromKeras, frozenInKeras } from "./fromKeras.ts";
import { toKeras } from "./toKeras.ts";

describe("a dictionary of one", () => {
  it.each(["x", "signal"])("of the inputs, named %s, comes back, and so does one of the outputs", async (name) => {
    await using backend = await open();
    const x = input({ shape: [3] }),
      y = dense({ units: 2 })(x);
    await using trainer = await model({ inputs: { [name]: x }, outputs: y }).compile({ backend, seed: 1 });
    const bytes = await toKeras(trainer),
      given = { [name]: [[1, 2, 3]] };
    await using again = await fromKeras<string>(bytes).compile({ backend });
    expect(fromKeras(bytes).ends).toEqual({ inputs: [name], outputs: null });
    expect((await again.predict(given)).data).toEqual((await trainer.predict(given)).data);
    expect(frozenInKeras(bytes)).toEqual([]);
    await using both = await model({ inputs: { [name]: x }, outputs: { y } }).compile({ backend, seed: 1 });
    expect(fromKeras(await toKeras(both)).ends).toEqual({ inputs: [name], outputs: ["y"] });
  });
});
