// What is written for Keras: the bytes are those that Keras itself loaded, giving its own numbers (docs/formats/keras.md), and are read again here.
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import {
  batchNormalization,
  concatenate,
  conv1D,
  dense,
  embedding,
  globalMaxPooling1D,
  gru,
  input,
  lstm,
  masking,
  mgu,
  model,
  sequential,
  timeDistributed,
} from "@sluice/nn";
import { open } from "@sluice/cpu";
import { describe, expect, it } from "vitest";
import { fixtureBytes } from "../testing/fixtures.ts";
import { difference } from "../testing/goldens.ts";
import { fromKeras } from "./fromKeras.ts";
import { kerasNames, numbersOf } from "../testing/keras.ts";
import { toKeras, toKerasWeights } from "./toKeras.ts";

const loadedByKeras = JSON.parse(new TextDecoder().decode(fixtureBytes("keras/written.json"))) as Readonly<Record<string, string>>; // which the file is
const digest = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

describe("toKeras", () => {
  it.each(kerasNames)("%s goes out as Keras loaded it, and comes back", async (name) => {
    const read = fromKeras(fixtureBytes(`keras/${name}.keras`)),
      bytes = await toKeras(read),
      weights = await toKerasWeights(read, { ends: ["states", "dictionaries"].includes(name) ? "dictionary" : "list" });
    const folder = process.env["SLUICE_KERAS_OUT"]; // for whoever checks them with Keras again
    if (folder !== undefined) for (const [file, data] of [[`${name}.keras`, bytes], [`${name}.weights.h5`, weights]] as const) writeFileSync(`${folder}/${file}`, data); // prettier-ignore
    expect(digest(bytes)).toBe(loadedByKeras[`${name}.keras`]);
    expect(digest(weights)).toBe(loadedByKeras[`${name}.weights.h5`]);
    expect(Object.values(numbersOf(fromKeras(bytes)))).toEqual(expect.arrayContaining(Object.values(numbersOf(read))));
  });

  it.each(["masks", "states", "nested-shared", "attentions", "any-length"])(
    "%s gives the same numbers when it comes back",
    async (name) => {
      const read = fromKeras(fixtureBytes(`keras/${name}.keras`)); // whose ends Keras puts in the order of their names
      expect(await difference(fromKeras(await toKeras(read)), `keras/${name}`, read)).toBeLessThan(2e-6);
    },
  );

  it("a model that was made here goes out with the weights it is given", async () => {
    await using backend = await open();
    const model = sequential([input({ shape: [4, 2] }), gru({ units: 3 }), dense({ units: 1 })]);
    await using trainer = await model.compile({ backend, seed: 1 });
    const given = model.withWeights(await trainer.weights());
    expect(Object.values(numbersOf(fromKeras(await toKeras(given))))).toEqual(Object.values(numbersOf(given)));
    await expect(toKeras(model)).rejects.toThrow(/no weights yet/);
    await expect(toKerasWeights(given, { ends: "lists" as never })).rejects.toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
  });

  it("tells all that Keras has not, each with what to do", async () => {
    await using backend = await open();
    const model = sequential([
      input({ shape: [4], dtype: "i32" }),
      embedding({ inputDim: 5, outputDim: 3, maskIndex: 2 }),
      conv1D({ filters: 2, kernelSize: 2 }),
      mgu({ units: 3, returnSequences: true, name: "own" }),
      lstm({ units: 3, peepholes: true, returnSequences: true }),
      batchNormalization({ movingVariance: "unbiased" }),
      globalMaxPooling1D(),
      dense({ units: 1, activation: "geluTanh" }),
    ]);
    await using trainer = await model.compile({ backend, seed: 1 });
    const weighted = model.withWeights(await trainer.weights());
    let error: unknown;
    try {
      await toKeras(weighted);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: "UNSUPPORTED" });
    const problems = (error as { facts: { problems: readonly { layer: string; what: string; fix: string }[] } }).facts.problems; // as was just seen
    expect(problems.map(({ layer }) => layer).sort()).toEqual(["batchNormalization", "conv1D", "dense", "embedding", "lstm", "own"]);
    expect(problems.every(({ fix }) => fix.length > 0)).toBe(true);
  });

  it("a stateful layer, which Keras does not load, says what to do; its weights go out", async () => {
    await using backend = await open();
    const made = (stateful: boolean) =>
      sequential([input({ shape: [4, 2] }), lstm({ units: 3, stateful, name: "memory" }), dense({ units: 1 })]);
    await using trainer = await made(true).compile({ backend, seed: 1 });
    await expect(toKeras(trainer)).rejects.toThrow(/"memory" is stateful.*without stateful.*withWeights/);
    const without = made(false).withWeights(await trainer.weights());
    expect(Object.values(numbersOf(fromKeras(await toKeras(without))))).toEqual(Object.values(numbersOf(without)));
    expect(await toKerasWeights(trainer)).toEqual(await toKerasWeights(without));
  });

  it("no layer has the name of what Keras computes masks by", async () => {
    await using backend = await open();
    const x = input({ shape: [4, 3] }),
      read = masking()(x),
      wide = concatenate()([read, dense({ units: 2, name: "any_1" })(read)]),
      two = concatenate()([wide, read]);
    const outputs = concatenate()([lstm({ units: 2, name: "lstm" })(two), gru({ units: 2 })(wide)]);
    await using trainer = await model({ inputs: x, outputs }).compile({ backend, seed: 1 });
    const bytes = await toKeras(trainer),
      given = [[[1, 2, 3], [1, 0, 1], [0, 0, 0], [0, 0, 0]]]; // prettier-ignore
    const names = fromKeras(bytes).layers.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(["lstm", "any_1_layer", "concatenate_layer", "concatenate_1_layer", "concatenate_2_layer"]),
    );
    await using again = await fromKeras(bytes).compile({ backend });
    const { data } = (await again.predict(given)) as { readonly data: Float32Array }; // of one output
    expect(data).toEqual((await trainer.predict(given)).data);
  });

  it("masking may stand right behind input(…)", async () => {
    await using backend = await open();
    const each = [input({ shape: [4, 2] }), masking(), gru({ units: 3 })] as const;
    await using trainer = await sequential(each).compile({ backend, seed: 1 });
    expect(fromKeras(await toKeras(trainer)).layers.map(({ layer }) => layer.kind)).toEqual(["masking", "gru"]);
    const late = sequential([input({ shape: [4, 2] }), dense({ units: 2 }), masking(), gru({ units: 3 })]);
    await using other = await late.compile({ backend, seed: 1 });
    await expect(toKeras(other)).rejects.toThrow(/"masking".*put it first/);
  });

  it("a model on each step goes out for the steps that it reads, or for what it says", async () => {
    await using backend = await open();
    const sentence = sequential([dense({ units: 3 }), lstm({ units: 3 })]),
      step = sequential([dense({ units: 2 }), dense({ units: 1 })]);
    const document = sequential([input({ shape: [2, 2, 3] }), timeDistributed(sentence), timeDistributed(step), gru({ units: 2 })]);
    await using trainer = await document.compile({ backend, seed: 1 });
    const given = [[[[1, 2, 3], [4, 5, 6]], [[7, 8, 9], [1, 0, 1]]]]; // prettier-ignore
    await using again = await fromKeras(await toKeras(trainer)).compile({ backend });
    expect((await again.predict(given)).data).toEqual((await trainer.predict(given)).data);
    const within = (...first: readonly ReturnType<typeof input>[]) => sequential([input({ shape: [2, 2, 3] }), timeDistributed(sequential([dense({ units: 3 }), timeDistributed(sequential([...first, dense({ units: 1 })]), { name: "inner" }), lstm({ units: 2 })]), { name: "outer" })]); // prettier-ignore
    await using unknown = await within().compile({ backend, seed: 1 });
    await expect(toKeras(unknown)).rejects.toThrow(/"outer\/inner\/input_layer" does not say what it reads \(begin the model with input/);
    await using known = await within(input({ shape: [3] })).compile({ backend, seed: 1 });
    await using back = await fromKeras(await toKeras(known)).compile({ backend });
    expect((await back.predict(given)).data).toEqual((await known.predict(given)).data);
  });
});
