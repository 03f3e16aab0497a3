// Files that are not what Keras wrote: each gives an error by code, or a model.
import { SluiceError } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { fixtureBytes } from "../testing/fixtures.ts";
import { mulberry, mutated, swapped } from "../testing/mutants.ts";
import { store } from "../zip/store.ts";
import { unzip } from "../zip/unzip.ts";
import { fromKeras, frozenInKeras } from "./fromKeras.ts";
import { loadKerasWeights } from "./loadKerasWeights.ts";
import { toKeras } from "./toKeras.ts";

const parts = ["metadata.json", "config.json", "model.weights.h5"] as const;
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** `run` throws nothing but the library's errors that are no bugs; whether it threw. */
function isRefused(seed: number, run: () => unknown): boolean {
  try {
    run();
    return false;
  } catch (error) {
    expect(error, `seed ${seed}: ${error instanceof Error ? error.stack : String(error)}`).toBeInstanceOf(SluiceError);
    expect((error as SluiceError).code, `seed ${seed}: ${String(error)}`).not.toBe("INTERNAL"); // as was just seen
    return true;
  }
}

const seeds = (count: number): readonly number[] => Array.from({ length: count }, (_, seed) => seed);

describe("hostile files", () => {
  const small = ["states", "masking", "nested-shared", "any-length", "causal", "sequential-recurrent"];
  const files = small.map((name) => fixtureBytes(`keras/${name}.keras`)),
    opened = files.map((file) => unzip(file, parts, "test"));

  it("500 damaged .keras files are refused, or read", () => {
    const refused = seeds(500).filter((seed) => isRefused(seed, () => fromKeras(mutated(files[seed % files.length]!, seed)))); // one of them
    expect(refused.length).toBeGreaterThan(300);
  });

  it("500 .keras files whose parts are damaged are refused, or read", async () => {
    const readOnes: Parameters<typeof toKeras>[0][] = [];
    const refused = seeds(500).filter((seed) => {
      const random = mulberry(seed),
        whole = opened[seed % opened.length]!, // one of them
        config = whole.get("config.json")!, // each has one
        weights = whole.get("model.weights.h5")!; // likewise
      const kind = seed % 5;
      const bytes = store({
        "metadata.json": new TextEncoder().encode(
          kind === 4 ? swapped(text(whole.get("metadata.json")!), random) : '{"keras_version": "3.15.1"}',
        ),
        "config.json": kind < 3 ? new TextEncoder().encode(swapped(text(config), random)) : config,
        "model.weights.h5": kind === 3 ? mutated(weights, seed) : weights,
      });
      return isRefused(seed, () => {
        const model = fromKeras(bytes);
        if (seed % 7 === 0) readOnes.push(model);
        if (seed % 7 === 1) frozenInKeras(bytes);
      });
    });
    for (const model of readOnes) await toKeras(model).catch((error: unknown) => expect(error).toBeInstanceOf(SluiceError));
    expect(refused.length).toBeGreaterThan(100);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  it("300 damaged .weights.h5 files are refused, or read", () => {
    const model = fromKeras(fixtureBytes("keras/sequential-recurrent.keras")),
      file = fixtureBytes("keras/sequential-recurrent.weights.h5");
    const refused = seeds(300).filter((seed) => isRefused(seed, () => loadKerasWeights(model, mutated(file, seed))));
    expect(refused.length).toBeGreaterThan(50);
  });

  it("what is a model of another program is FILE_FOREIGN, and says what to do", () => {
    const weights = fixtureBytes("keras/conv-lstm.weights.h5");
    expect(() => fromKeras(weights)).toThrow(/loadKerasWeights/);
    expect(() => fromKeras(fixtureBytes("torch/lstm.safetensors"))).toThrow(expect.objectContaining({ code: "FILE_FOREIGN" }));
    expect(() => fromKeras(store({ "config.json": weights }))).toThrow(/model.weights.h5/);
    expect(() =>
      fromKeras(
        store({
          "metadata.json": new TextEncoder().encode('{"keras_version":"2.15.0"}'),
          "config.json": weights,
          "model.weights.h5": weights,
        }),
      ),
    ).toThrow(/Keras 2.15.0/);
    expect(() => fromKeras("path" as never)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
  });

  it("a graph that reads itself, and one in any order, end", () => {
    const dense = (name: string, from: string): unknown => ({ class_name: "Dense", module: "keras.layers", name, config: { name, units: 2 }, inbound_nodes: [{ args: [{ class_name: "__keras_tensor__", config: { keras_history: [from, 0, 0] } }], kwargs: {} }] });
    const input = { class_name: "InputLayer", module: "keras.layers", name: "i", config: { name: "i", batch_shape: [null, 2] }, inbound_nodes: [] };
    const file = (layers: readonly unknown[], end: string): Uint8Array =>
      store({ "config.json": new TextEncoder().encode(JSON.stringify({ class_name: "Functional", config: { name: "m", layers, input_layers: ["i", 0, 0], output_layers: [end, 0, 0] } })), "model.weights.h5": fixtureBytes("keras/conv-lstm.weights.h5") });
    expect(() => fromKeras(file([input, dense("a", "b"), dense("b", "a")], "b"))).toThrow(expect.objectContaining({ code: "FILE_CORRUPT" }));
    const chain = Array.from({ length: 3000 }, (_, k) => dense(`d${k}`, k === 0 ? "i" : `d${k - 1}`));
    const random = mulberry(1),
      shuffled = chain.map((one) => [random(), one] as const).sort(([a], [b]) => a - b).map(([, one]) => one);
    expect(() => fromKeras(file([input, ...shuffled], "d2999"))).toThrow(expect.objectContaining({ code: "SHAPE_MISMATCH" }));
  }); // prettier-ignore
});
