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

describe("toKeras with ends", () => {
  it.each(["list", "dictionary"] as const)("as a %s: inputs and outputs, and those of models within, in their order", async (ends) => {
    await using backend = await open();
    const [z, a] = [input({ shape: [3] }), input({ shape: [2] })],
      b = input({ shape: [2] }),
      c = input({ shape: [3] });
    const within = model({ inputs: { c, b }, outputs: { second: dense({ units: 1 })(b), first: dense({ units: 2 })(c) } }),
      each = within({ c: z, b: a });
    const outputs = { wide: dense({ units: 4, name: "wide" })(each.first), small: dense({ units: 1, name: "small" })(each.second) };
    await using trainer = await model({ inputs: { z, a }, outputs }).compile({ backend, seed: 1 });
    const read = fromKeras<"z" | "a", "wide" | "small">(await toKeras(trainer, { ends })),
      given = { z: [[1, 2, 3]], a: [[4, 5]] };
    await using again = await read.compile({ backend });
    const sorted =
      ends === "list" ? { inputs: ["z", "a"], outputs: ["wide", "small"] } : { inputs: ["a", "z"], outputs: ["small", "wide"] };
    expect(read.ends).toEqual(sorted);
    const [came, wanted] = [await again.predict(given), await trainer.predict(given)];
    expect(came.wide.data).toEqual(wanted.wide.data);
    expect(came.small.data).toEqual(wanted.small.data);
    await expect(toKeras(trainer, { ends: "tuple" as never })).rejects.toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
    await expect(toKeras(trainer, { end: "list" } as never)).rejects.toThrow(/no option "end".*ends/);
  });
});
