// Normalization and Rescaling of Keras: with the numbers in the configuration, or in the weights where it was adapted.
import { open } from "@sluice/cpu";
import { dense, input, normalization, rescaling, sequential } from "@sluice/nn";
import { afterAll, expect, test } from "vitest";
import { writeHdf5 } from "../hdf5/write.ts";
import { store } from "../zip/store.ts";
import { unzip } from "../zip/unzip.ts";
import { fromKeras } from "./fromKeras.ts";
import { loadKerasWeights } from "./loadKerasWeights.ts";
import { toKeras, toKerasWeights } from "./toKeras.ts";

const backend = await open();
afterAll(() => backend.close());
const x = [[1, 2], [3, -4]]; // prettier-ignore

/** A file as Keras 3 saves one, of one layer (keras/src/layers/preprocessing/normalization.py and rescaling.py, get_config). */
function saved(className: string, config: object, weights: Uint8Array): Uint8Array {
  const layer = (name: string, of: string, own: object) => ({ module: "keras.layers", class_name: of, config: { name, trainable: true, dtype: "float32", ...own }, registered_name: null }); // prettier-ignore
  const layers = [layer("input_layer", "InputLayer", { batch_shape: [null, 2] }), layer("one", className, config)];
  const model = { module: "keras", class_name: "Sequential", config: { name: "m", trainable: true, layers, build_input_shape: [null, 2] }, registered_name: null }; // prettier-ignore
  const bytes = (value: object) => new TextEncoder().encode(JSON.stringify(value));
  return store({ "metadata.json": bytes({ keras_version: "3.15.1" }), "config.json": bytes(model), "model.weights.h5": weights });
}

const none = writeHdf5({ attributes: {}, children: new Map() });

async function predicted(bytes: Uint8Array): Promise<readonly number[]> {
  await using trainer = await fromKeras(bytes).compile({ backend });
  return [...(await trainer.predict(x)).data];
}

/** Of a layer that was adapted; `count`, which nothing reads, may be missing. */
function adapted(...count: readonly Float32Array[]): Uint8Array {
  const arrays = [Float32Array.of(1, 2), Float32Array.of(4, 9), ...count];
  const vars = { attributes: { name: "one" }, children: new Map(arrays.map((data, i) => [String(i), { shape: i < 2 ? [2] : [], data }])) };
  const group = (name: string, child: object) => ({ attributes: {}, children: new Map([[name, child as never]]) });
  return writeHdf5(group("layers", group("normalization", group("vars", vars))));
}

test.each<[string, object, readonly number[]]>([
  ["Normalization", { axis: [-1], mean: [1, 2], variance: [4, 9], invert: false }, [0, 0, 1, -2]],
  ["Normalization", { axis: [1], mean: [1, 2], variance: [4, 9], invert: true }, [3, 8, 7, -10]],
  ["Normalization", { axis: [], mean: 1, variance: 4, invert: false }, [0, 0.5, 1, -2.5]],
  ["Normalization", { axis: -1, mean: [1], variance: [4], invert: false }, [0, 0.5, 1, -2.5]],
  ["Rescaling", { scale: 0.5, offset: 1 }, [1.5, 2, 2.5, -1]],
  ["Rescaling", { scale: { class_name: "__numpy__", config: { value: [0.5, 2], dtype: "float64" } }, offset: [0, 1] }, [0.5, 5, 1.5, -7]],
])("%s with %o comes in, and goes out the same", async (className, config, wanted) => {
  const bytes = saved(className, config, none);
  expect(await predicted(bytes)).toEqual(wanted);
  expect(await predicted(await toKeras(fromKeras(bytes)))).toEqual(wanted);
});

test("what was adapted in Keras comes in with its weights, and goes out as Keras has them", async () => {
  const bytes = saved("Normalization", { axis: [-1], mean: null, variance: null, invert: false }, adapted(Float32Array.of(0)));
  for (const each of [bytes, saved("Normalization", { axis: [-1] }, adapted())]) expect(await predicted(each)).toEqual([0, 0, 1, -2]);
  const out = await toKeras(fromKeras(bytes));
  expect(await predicted(out)).toEqual([0, 0, 1, -2]);
  const config = new TextDecoder().decode(unzip(out, ["config.json"], "test").get("config.json"));
  expect(config).toContain('"class_name":"Normalization"');
  const again = loadKerasWeights(sequential([input({ shape: [2] }), normalization()]), await toKerasWeights(fromKeras(bytes)));
  await using trainer = await again.compile({ backend });
  expect([...(await trainer.predict(x)).data]).toEqual([0, 0, 1, -2]);
});

test("a model that was made here goes out with its numbers, and comes back with them", async () => {
  const made = sequential([
    input({ shape: [2] }),
    rescaling({ scale: [0.1, 0.2] }),
    normalization({ mean: [0.1, -0.3], variance: [0.5, 2] }),
    dense({ units: 1 }),
    normalization({ mean: 12.25, variance: 40, invert: true, name: "units" }),
  ]);
  await using trainer = await made.compile({ backend, seed: 1 });
  const back = fromKeras(await toKeras(trainer));
  expect(back.layers.map(({ layer }) => layer.kind)).toEqual(["rescaling", "normalization", "dense", "normalization"]);
  await using again = await back.compile({ backend });
  expect((await again.predict(x)).data).toEqual((await trainer.predict(x)).data);
});

test("statistics along several axes, or another than the last, are refused by name", () => {
  const along = (axis: readonly number[], mean: unknown = 0) => saved("Normalization", { axis, mean, variance: 1, invert: false }, none);
  expect(() => fromKeras(along([0, 1]))).toThrow(/option axis that is \[0,\s?1\]/);
  expect(() => fromKeras(along([-2]))).toThrow(/normalises along axis/);
  expect(() => fromKeras(along([-1], [[1, 2], [3, 4]]))).toThrow(/cannot be made: .*mean must be/); // prettier-ignore
});
