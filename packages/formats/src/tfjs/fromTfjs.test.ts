// Models of TensorFlow.js against what it gave.
import { SluiceError } from "@sluice/core";
import { open } from "@sluice/cpu";
import { adam } from "@sluice/nn";
import { describe, expect, it } from "vitest";
import { fixture, fixtureBytes } from "../testing/fixtures.ts";
import { difference, nested } from "../testing/goldens.ts";
import { mulberry, mutated, swapped } from "../testing/mutants.ts";
import { fromTfjs } from "./fromTfjs.ts";

const names = ["sequential", "quantised", "functional", "states"];
const text = (name: string): string => JSON.stringify(JSON.parse(new TextDecoder().decode(fixtureBytes(`tfjs/${name}.model.json`))));
const load = (path: string): Uint8Array => fixtureBytes(`tfjs/${path}`);

describe("fromTfjs", () => {
  it.each(names)("%s gives TensorFlow.js's numbers", async (name) => {
    expect(await difference(await fromTfjs(text(name), load), `tfjs/${name}`)).toBeLessThan(2e-6);
    expect(
      await difference(await fromTfjs(JSON.parse(text(name)) as object, async (path) => load(path).buffer), `tfjs/${name}`),
    ).toBeLessThan(2e-6);
  });

  it("reads what the converter makes of a Keras model, where weights have the names of cells", async () => {
    const { modelTopology, weightsManifest, ...rest } = JSON.parse(text("functional")) as Readonly<Record<string, unknown>>;
    const converted = {
      ...rest,
      convertedBy: "TensorFlow.js Converter",
      modelTopology: { keras_version: "2.15.0", backend: "tensorflow", model_config: modelTopology },
      weightsManifest,
    };
    const named = JSON.stringify(converted)
      .replaceAll(/(lstm_LSTM5|gru_GRU3)\/(kernel|recurrent_kernel|bias)/g, "$1/the_cell_7/$2")
      .replaceAll(/((?:forward|backward)_gru_GRU4)\/(kernel|recurrent_kernel|bias)/g, "$1/gru_cell_3/$2"); // prettier-ignore
    expect(named).toContain("backward_gru_GRU4/gru_cell_3/bias");
    expect(await difference(await fromTfjs(named, load), "tfjs/functional")).toBeLessThan(2e-6);
  });

  it("trains further", async () => {
    await using backend = await open();
    const { inputs } = fixture("tfjs/sequential");
    await using trainer = await (
      await fromTfjs(text("sequential"), load)
    ).compile({ backend, optimizer: adam({ learningRate: 0.05 }), loss: "sparseCategoricalCrossentropy", seed: 1 });
    const { epochs } = await trainer.fit({ x: nested(inputs[0]!) as never, y: [0, 1] }, { epochs: 40 });
    expect(epochs.at(-1)!.loss).toBeLessThan(epochs[0]!.loss * 0.9); // there are forty
  });

  it("refuses a graph model, and says what to do", async () => {
    await expect(fromTfjs({ format: "graph-model", modelTopology: { node: [] } }, load)).rejects.toThrow(/graph model.*keras/);
  });

  it("loads no shard of a model that has what there is not here", async () => {
    const asked: string[] = [];
    const other = text("functional")
      .replace('"class_name":"PReLU"', '"class_name":"Swirl"')
      .replace('"padding":"same"', '"padding":"same","data_format":"channels_first"');
    const loading = fromTfjs(other, (path) => (asked.push(path), load(path)));
    await expect(loading).rejects.toThrow(/Swirl.*/);
    expect(asked).toEqual([]);
  });

  it("refuses shards that lie elsewhere, are too short, or are no bytes", async () => {
    await expect(fromTfjs(text("states").replace("states-1of2.bin", "../secret.bin"), load)).rejects.toThrow(/no path beside/);
    await expect(fromTfjs(text("states"), (path) => load(path).subarray(1))).rejects.toThrow(/bytes/);
    await expect(fromTfjs(text("states"), () => "text" as never)).rejects.toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
    await expect(fromTfjs(7 as never, load)).rejects.toThrow(/model.json/);
    await expect(fromTfjs(text("states"), load, { layer: {} } as never)).rejects.toThrow(/layers/);
  });

  it("tells all weights that are missing or too many", async () => {
    await expect(
      fromTfjs(text("states").replace("encoder/bias", "encoder/bias2").replace("decoder/kernel", "other/kernel"), load),
    ).rejects.toThrow(/missing: encoder\/bias .*decoder\/kernel .*too many: encoder\/bias2, other\/kernel/);
  });

  it("refuses mutants by code, or reads what they say", async () => {
    const files = names.map((name) => fixtureBytes(`tfjs/${name}.model.json`));
    for (let seed = 0; seed < 500; seed++) {
      const random = mulberry(seed),
        file = files[Math.floor(random() * files.length)]!; // one of them
      const given = random() < 0.5 ? new TextDecoder().decode(mutated(file, seed)) : swapped(new TextDecoder().decode(file), random);
      await fromTfjs(given, load).catch((error: unknown) => {
        expect(error, `seed ${seed}: ${String(error)} ${error instanceof Error ? error.stack : ""}`).toBeInstanceOf(SluiceError);
        expect((error as SluiceError).code, `seed ${seed}: ${String(error)}`).not.toBe("INTERNAL"); // as was just seen
      });
    }
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});
