import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { open } from "@sluice/cpu";
import { fromKeras } from "@sluice/formats/keras";
import { deserialize, gru, input, sequential } from "@sluice/nn";
import { saveModel } from "@sluice/nn/node";
import { afterAll, expect, test } from "vitest";
import { run } from "./run.ts";

const fixtures = fileURLToPath(new URL("../../formats/fixtures", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "sluice-cli-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);
const backend = await open();

/** What the command writes, and its exit code. */
async function ran(...args: readonly string[]) {
  const [out, error]: [string[], string[]] = [[], []];
  const code = await run(args, { stdout: { write: (text) => out.push(text) }, stderr: { write: (text) => error.push(text) } });
  return { code, out: out.join(""), error: error.join("") };
}

const files = ["torch", "keras", "onnx"].flatMap((each) =>
  readdirSync(join(fixtures, each))
    .filter((name) => /\.(safetensors|keras|h5|onnx)$/.test(name))
    .map((name) => `${each}/${name}`),
);

test.each(files)("inspect tells what stands in %s", async (name) => {
  const { code, out } = await ran("inspect", join(fixtures, name));
  const known = {
    torch: /named tensors[\s\S]*\d numbers/,
    keras: /a Keras 3 model|weights in HDF5/,
    onnx: /an ONNX model[\s\S]*opset \d+/,
  };
  const [kind = ""] = name.split("/");
  expect(code).toBe(0);
  expect(out).toMatch(known[kind as keyof typeof known]);
});

test("inspect guesses modules, names what is doubtful, and gives data", async () => {
  const { out } = await ran("inspect", join(fixtures, "torch/lstm-2-bidirectional.safetensors"));
  expect(out).toContain("the whole: LSTM 3 → 4, 2 layers, both ways");
  expect((await ran("inspect", join(fixtures, "torch/tagger.safetensors"))).out).toContain("rnn: LSTM 6 → 4, 1 layer, both ways");
  const { out: json } = await ran("inspect", "--json", join(fixtures, "keras/sequential-recurrent.keras"));
  expect(JSON.parse(json)).toMatchObject({
    kind: "keras",
    parameters: 311,
    layers: [{ name: "lstm" }, { name: "gru" }, { name: "gru_1" }, {}],
  });
});

test("a Keras model goes to Sluice, back to Keras, to ONNX and alone, with the same numbers", async () => {
  const from = join(fixtures, "keras/sequential-recurrent.keras");
  expect(await ran("convert", from, at("a.safetensors"))).toMatchObject({
    code: 0,
    out: expect.stringMatching(/a\.safetensors +[\d.]+ kB/) as string,
  });
  for (const name of ["b.keras", "b.weights.h5", "b.onnx"]) expect((await ran("convert", at("a.safetensors"), at(name))).code).toBe(0);
  expect((await ran("export", at("a.safetensors"), "--batch", "2", "--steps", "5")).code).toBe(0);
  expect((await ran("export", at("a.safetensors"), "--out", at("c.mjs"))).out).toContain("c.d.mts");
  const x = Array.from({ length: 2 }, (_, i) => Array.from({ length: 5 }, (_, t) => [0.1 * t, i, -0.2]));
  const numbers = await Promise.all(
    [fromKeras(readFileSync(from)), deserialize(readFileSync(at("a.safetensors"))), fromKeras(readFileSync(at("b.keras")))].map(
      async (model) => {
        await using trainer = await model.compile({ backend });
        return (await trainer.predict(x)).data;
      },
    ),
  );
  expect(numbers[1]).toEqual(numbers[0]);
  expect(numbers[2]).toEqual(numbers[0]);
  const alone = (await import(pathToFileURL(at("a.js")).href)) as { open(): Promise<{ predict(x: unknown): { data: Float32Array } }> }; // what its types say
  expect((await alone.open()).predict(x).data).toEqual(numbers[0]);
  expect(readFileSync(at("a.d.ts"), "utf8")).toContain("predict");
  expect((await ran("inspect", at("b.onnx"))).out).toContain("made by sluice");
});

test("weights alone go into a model that is named", async () => {
  const made = sequential([input({ shape: [5, 3] }), gru({ units: 4, returnSequences: true })]);
  await using trainer = await made.compile({ backend, seed: 1 });
  await saveModel(at("gru.safetensors"), trainer);
  const state = join(fixtures, "torch/gru.safetensors");
  const layers = '{"gru":""}';
  const { code, error } = await ran("convert", state, at("loaded.safetensors"), "--model", at("gru.safetensors"), "--layers", layers);
  expect([code, error]).toEqual([0, ""]);
  const { inputs, outputs } = JSON.parse(readFileSync(join(fixtures, "torch/gru.json"), "utf8")) as Record<"inputs" | "outputs", readonly { readonly shape: number[]; readonly data: number[] }[]>; // prettier-ignore
  await using loaded = await deserialize(readFileSync(at("loaded.safetensors"))).compile({ backend });
  const [x, y] = [inputs[0]!, outputs[0]!];
  const got = await loaded.predict({ dtype: "f32", shape: x.shape, data: Float32Array.from(x.data) });
  got.data.forEach((value, i) => expect(value).toBeCloseTo(y.data[i]!, 5));
  expect((await ran("convert", at("loaded.safetensors"), at("back.safetensors"), "--to", "pytorch", "--layers", layers)).code).toBe(0);
  expect((await ran("inspect", at("back.safetensors"))).out).toContain("the whole: GRU 3 → 4, 1 layer");
});

test("what cannot be done is said in one piece, with an exit code, and leaves no file", async () => {
  writeFileSync(at("model.pt"), Uint8Array.of(0x80, 2, 0x7d, 0x71));
  writeFileSync(at("noise.bin"), Uint8Array.of(7, 7, 7, 7, 7, 7, 7, 7, 7, 7));
  const cases: readonly (readonly [args: readonly string[], code: number, text: string])[] = [
    [["inspect", at("none.keras")], 1, "there is no such file"],
    [["inspect", folder], 1, "it is a folder"],
    [["inspect", at("model.pt")], 1, "from safetensors.torch import save_file"],
    [["inspect", at("noise.bin")], 1, "it is none of the files that are known"],
    [["convert", join(fixtures, "torch/gru.safetensors"), at("x.keras")], 1, "--model architecture.safetensors"],
    [["convert", join(fixtures, "onnx/gru.legacy.onnx"), at("x.keras")], 1, "fromOnnx"],
    [["convert", join(fixtures, "keras/sequential-recurrent.keras"), at("x.tflite")], 2, "does not say what it is to be"],
    [["convert", join(fixtures, "keras/sequential-recurrent.keras")], 2, "missing required argument 'to'"],
    [["export", join(fixtures, "keras/sequential-recurrent.keras"), "--to", "tflite"], 2, "It takes sluice, pytorch"],
    [["export", join(fixtures, "keras/sequential-recurrent.keras"), "--batch", "0"], 2, "a whole number of at least 1"],
    [["explode"], 2, "unknown command 'explode'"],
  ];
  for (const [args, code, text] of cases) {
    const { code: got, error } = await ran(...args);
    expect([args.join(" "), got]).toEqual([args.join(" "), code]);
    expect(error).toContain(text);
  }
  expect(readdirSync(folder).filter((name) => name.startsWith("x."))).toEqual([]);
  expect((await ran("--help")).code).toBe(0);
});

test("a file is never left half-written beside one that was there", async () => {
  const path = at("kept.keras");
  writeFileSync(path, "kept");
  const { code } = await ran("convert", join(fixtures, "torch/gru.safetensors"), path);
  expect([code, readFileSync(path, "utf8"), statSync(path).size]).toEqual([1, "kept", 4]);
});
