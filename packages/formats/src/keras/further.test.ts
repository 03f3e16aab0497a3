// Models of Keras go on living here: they train further, stream, are saved; with layers of one's own, and with what does not train.
import { open } from "@sluice/cpu";
import { square } from "@sluice/core";
import { adam, deserialize, dense, layer, serialize, type Spec } from "@sluice/nn";
import { describe, expect, it } from "vitest";
import { maskEnds, maskEndsKind } from "../kerasModel/maskEnds.ts";
import { pathsOf } from "../kerasModel/variables.ts";
import { fixture, fixtureBytes } from "../testing/fixtures.ts";
import { difference, nested } from "../testing/goldens.ts";
import { store } from "../zip/store.ts";
import { unzip } from "../zip/unzip.ts";
import { fromKeras, frozenInKeras } from "./fromKeras.ts";

const file = (name: string): Uint8Array => fixtureBytes(`keras/${name}.keras`);

/** The file with another configuration. */
function changed(name: string, change: (config: string) => string): Uint8Array {
  const parts = unzip(file(name), ["config.json", "model.weights.h5"], "test");
  const config = JSON.stringify(JSON.parse(change(new TextDecoder().decode(parts.get("config.json")))));
  return store({ "config.json": new TextEncoder().encode(config), "model.weights.h5": parts.get("model.weights.h5")! }); // each has one
}

describe("a model of Keras", () => {
  it.each(["causal", "conv-lstm", "masked-bidirectional"])("%s trains further", async (name) => {
    await using backend = await open();
    const { inputs, outputs } = fixture(`keras/${name}`),
      x = nested(inputs[0]!) as never, // as its fixture has it
      y = nested({ ...outputs[0]!, data: outputs[0]!.data.map((_, i) => (i % 2 === 0 ? 0.9 : 0.1)) }) as never; // likewise
    await using trainer = await fromKeras(file(name)).compile({ backend, optimizer: adam({ learningRate: 0.02 }), loss: "mse", seed: 1 });
    const { epochs } = await trainer.fit({ x, y }, { epochs: 12 });
    expect(epochs.at(-1)!.loss).toBeLessThan(epochs[0]!.loss * 0.9); // there are twelve
  });

  it("goes one step at a time where it is causal, and is as long as the data", async () => {
    await using backend = await open();
    const { inputs, outputs } = fixture("keras/causal");
    await using trainer = await fromKeras(file("causal")).compile({ backend });
    await using stream = await trainer.stream({ batch: 2 } as never);
    const steps = nested(inputs[0]!) as readonly (readonly (readonly number[])[])[]; // [batch, steps, features]
    for (let t = 0; t < 7; t++) {
      const given = (await stream.step(steps.map((row) => row[t]!) as never)) as { readonly data: ArrayLike<number> };
      const wanted = (nested(outputs[0]!) as readonly (readonly (readonly number[])[])[]).flatMap((row) => row[t]!);
      expect(Math.max(...wanted.map((value, i) => Math.abs(value - (given.data[i] ?? NaN))))).toBeLessThan(2e-6);
    }
    const longer = await trainer.predict(nested({ shape: [1, 11, 3], data: Array.from({ length: 33 }, (_, i) => i / 33) }) as never);
    expect(longer).toMatchObject({ shape: [1, 11, 2] });
  });

  it("is saved and loaded as any other", async () => {
    const again = deserialize<null, string>(await serialize(fromKeras(file("masks")) as never), { layers: { [maskEndsKind]: maskEnds } });
    expect(await difference(again, "keras/masks")).toBeLessThan(2e-6);
  });

  it("may have layers of one's own", async () => {
    const bytes = file("custom");
    expect(() => fromKeras(bytes)).toThrow(
      /"my_gain" is of class Shop>Gain \(make it yourself: \{ layers: \{ "Shop>Gain": \(config\) => layer/,
    );
    const gain = ({ power, name }: { readonly power?: unknown; readonly name?: unknown }) =>
      layer({
        kind: "gain",
        config: { name: String(name) },
        build: (input: Spec) => ({
          output: input,
          weights: { gain: { axes: { features: input.shape.at(-1) ?? 1 }, init: "ones" }, shift: { axes: { features: input.shape.at(-1) ?? 1 }, init: "zeros" } },
          apply: (w, x) => (power === 2 ? square(x) : x).mul(w.gain).add(w.shift),
        }),
      }); // prettier-ignore
    expect(await difference(fromKeras(bytes, { layers: { "Shop>Gain": gain } }), "keras/custom")).toBeLessThan(2e-6);
    expect(() => fromKeras(bytes, { layers: { "Shop>Gain": () => dense({ units: 3 }) } })).toThrow(/\[3\], the layer needs \[3, 3\]/);
    expect(() => fromKeras(bytes, { layers: { "Shop>Gain": () => ({}) as never } })).toThrow(/no layer/);
    expect(() => fromKeras(bytes, { layers: { "Shop>Gain": 3 as never } })).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
    for (const layers of [[], [gain]])
      expect(() => fromKeras(bytes, { layers: layers as never })).toThrow(/layers must be a record of functions/);
    expect(frozenInKeras(bytes, { layers: { "Shop>Gain": gain } })).toEqual([{ weights: ["dense"], trainable: false }]);
  });

  it("tells what does not train", async () => {
    const bytes = changed("sequential-recurrent", (config) => config.replace('"name": "gru", "trainable": true', '"name": "gru", "trainable": false'));
    expect(frozenInKeras(bytes)).toEqual([{ weights: ["gru"], trainable: false }]);
    expect(frozenInKeras(file("sequential-recurrent"))).toEqual([]);
    await using backend = await open();
    await using trainer = await fromKeras(bytes).compile({ backend, optimizer: adam(), loss: "mse", groups: frozenInKeras(bytes), seed: 1 });
    const before = await trainer.weights();
    await trainer.fit({ x: nested(fixture("keras/sequential-recurrent").inputs[0]!) as never, y: nested(fixture("keras/sequential-recurrent").inputs[0]!.shape.length === 3 ? { shape: [2, 5], data: Array.from({ length: 10 }, () => 0.5) } : { shape: [2], data: [0, 1] }) as never }, { epochs: 2 });
    const after = await trainer.weights();
    expect(after["gru"]).toEqual(before["gru"]);
    expect(after["lstm"]).not.toEqual(before["lstm"]);
  }); // prettier-ignore
});

describe("what there is not here", () => {
  it("is told whole, by layer and option, with what to do", () => {
    const bytes = changed("conv-lstm", (config) =>
      config
        .replace('"data_format": "channels_last", "dilation_rate"', '"data_format": "channels_first", "dilation_rate"')
        .replace('"renorm": false', '"renorm": true')
        .replace('"class_name": "MaxPooling1D"', '"class_name": "MaxPooling2D"')
        .replace('"recurrent_activation": "hard_sigmoid"', '"recurrent_activation": "sparsemax"')
        .replace('"quantization_config": null', '"quantization_config": {"a": 1}, "novelty": 3'),
    );
    try {
      fromKeras(bytes);
      expect.unreachable();
    } catch (error) {
      const { code, facts } = error as {
        readonly code: string;
        readonly facts: { readonly problems: readonly { readonly layer: string; readonly what: string; readonly fix: string }[] };
      }; // a SluiceError
      expect(code).toBe("UNSUPPORTED");
      expect(facts.problems.map(({ layer: name, what }) => `${name} ${what}`)).toEqual([
        expect.stringMatching(/^conv1d \(Conv1D\) has an option data_format/),
        expect.stringMatching(/^batch_normalization \(BatchNormalization\) has an option renorm/),
        expect.stringMatching(/^max_pooling1d is of class MaxPooling2D/),
        expect.stringMatching(/^lstm_3 \(LSTM\) has an option recurrent_activation that is "sparsemax"/),
        expect.stringMatching(/^dense_2 \(Dense\) has an option quantization_config/),
        expect.stringMatching(/^dense_2 \(Dense\) has an option novelty, which is 3/),
      ]);
      expect(facts.problems.every(({ fix }) => fix.length > 0)).toBe(true);
    }
  });

  it("is a mask that Keras drops where it has other numbers than there are here", () => {
    const bytes = changed("masks", (config) => config.replaceAll('"zero_output_for_mask": true', '"zero_output_for_mask": false'));
    expect(() => fromKeras(bytes)).toThrow(/global_max_pooling1d_3.*zero_output_for_mask=True/);
  });

  it("is a product of masked steps with others, which Keras takes as 1", () => {
    expect(() => fromKeras(file("masked-product"))).toThrow(/"multiply_6" \(Multiply\) reads values whose steps do not count alike/);
  });

  it("is a normalisation, a softmax or an embedding whose masks Keras has otherwise", () => {
    const along = changed("masks", (config) => config.replace('"axis": [-1]', '"axis": [1, 2]')); // prettier-ignore
    expect(() => fromKeras(along)).toThrow(/layer_normalization_4" \(LayerNormalization\) reads steps that do not count as others/);
    const grouped = changed("masks", (config) => config.replace('"class_name": "LayerNormalization"', '"class_name": "UnitNormalization"').replace('"axis": [-1]', '"axis": 1').replace(/"epsilon": 0.001, "center": true, "scale": true, "rms_scaling": false,/, "").replace(/"beta_initializer": .*?"gamma_constraint": null/, '"axis": 1')); // prettier-ignore
    expect(() => fromKeras(grouped)).toThrow(/\(UnitNormalization\)/);
    const documents = changed("masked-bidirectional", (config) => config.replaceAll("[null, 5]", "[null, 3, 5]").replace(/\{"module": "keras.layers", "class_name": "Bidirectional", "config": \{"name": "bidirectional", .*"build_config": \{"input_shape": \[null, 3\]\}\}/, '{"class_name": "Flatten", "config": {"name": "flatten"}}')); // prettier-ignore
    expect(() => fromKeras(documents)).toThrow(/more than the steps/);
  });

  it("is a call with training=True, with a mask of one's own, or one layer called causally and not", () => {
    expect(() =>
      fromKeras(
        changed("functional-attention-two-heads", (config) =>
          config.replace('"kwargs": {"training": false', '"kwargs": {"training": true'),
        ),
      ),
    ).toThrow(/training=True/);
    expect(() => fromKeras(changed("masks", (config) => config.replace('"class_name": "NotEqual"', '"class_name": "LogicalOr"')))).toThrow(
      /is called with mask/,
    );
  });

  it("is a path, which is to be read first", () => {
    for (const read of [fromKeras, frozenInKeras])
      expect(() => read("model.keras" as never)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT", fix: expect.stringMatching(/readFile/) })); // prettier-ignore
  });

  it("is a model whose layers no file tells, and one that was never built", () => {
    expect(() => fromKeras(changed("conv-lstm", () => '{"class_name":"MyModel","config":{}}'))).toThrow(/MyModel.*loadKerasWeights/);
    const headless = (config: string): string =>
      config.replace(/\{"module": "keras.layers", "class_name": "InputLayer".*?\}, "registered_name": null\}, /, "");
    expect(() => fromKeras(changed("conv-lstm", headless))).not.toThrow(); // it says what it was built for
    const unbuilt = (config: string): string =>
      headless(config).replaceAll("build_input_shape", "nothing").replaceAll("build_config", "none");
    expect(() => fromKeras(changed("conv-lstm", unbuilt))).toThrow(/never built/);
  });

  it("is no attention of another version of Keras, whose groups were private", () => {
    expect(pathsOf({ path: "query_dense/vars/0" })).toEqual(["query_dense/vars/0", "_query_dense/vars/0"]);
    expect(pathsOf({ path: "a/_key_dense/vars/1" })).toEqual(["a/_key_dense/vars/1", "a/key_dense/vars/1"]);
    expect(pathsOf({ path: "cell/vars/1" })).toEqual(["cell/vars/1"]);
  });
});
