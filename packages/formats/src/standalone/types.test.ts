// The types of a standalone file hold what it does, for compilers with and without a page's or Node's own types.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { open } from "@sluice/cpu";
import { dense, embedding, gru, input, lstm, model, multiHeadAttention, sequential } from "@sluice/nn";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { type Standalone, standalone } from "./index.ts";
import { drawn, modelOf } from "./testing/drawn.ts";
import { cleanUp, imported } from "./testing/opened.ts";

const backend = await open();
const folder = mkdtempSync(join(tmpdir(), "sluice-types-"));
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  cleanUp();
  await backend.close();
});

const oddName = "a pair */ </script>\u2028";

const usage = `
import { inputs, name, open, SluiceError, type Stream } from "./gait.js";
import { open as openPair } from "./pair.js";

const model = await open();
const y = model.predict([[[1, 2, 3], [4, 5, 6]]]);
const row: readonly [samples: number, units: 2] = y.shape;
const scores: Float32Array = y.data;
const steps: 2 = inputs.x.shape[1];
const called: "gait" = name;
model.predict(new Float32Array(6));
model.predict([[new Float32Array(3), Float32Array.of(4, 5, 6)]]);
model.predict({ shape: [1, 2, 3], data: scores });
const stream: Stream = model.stream();
const next: 1 = stream.step([1, 2, 3]).shape[0];
stream.step([[1, 2, 3]]);
stream.step(new Float32Array(3));
const another = model.stream();
another.setState(stream.state());
model.dispose();
// @ts-expect-error -- of numbers, not texts
model.predict([[["1", 2, 3]]]);
// @ts-expect-error -- a batch of sequences
model.predict([[1, 2, 3]]);
// @ts-expect-error -- the last axis has two
const wrong: 3 = y.shape[1];
// @ts-expect-error -- no lengths were asked for
model.predict(new Float32Array(6), { lengths: [1] });

const pair = await openPair({ weights: "pair.weights" });
const { next: tokens, "of-it": rest } = pair.predict({ source: [[1, 2, 3, 4]], "the-target": new Int32Array(5) }, { lengths: { source: [2] } });
const words: Float32Array = tokens.data;
const size: 6 = rest.shape[2];
using reading = pair.stream({ inputs: { source: [[1, 2, 3, 4]] }, lengths: { source: [3] } });
const both = reading.step([7]);
const one: 1 = both.next.shape[0];
// @ts-expect-error -- the file holds no weights
await openPair();
// @ts-expect-error -- an input is missing
pair.predict({ source: [[1, 2, 3, 4]] });
export const all = [row, steps, called, next, wrong, words, size, one, SluiceError];
`;

async function files(): Promise<Standalone> {
  using gait = await sequential([input({ shape: [2, 3] }), lstm({ units: 4 }), dense({ units: 2 })], { name: "gait" }).compile({ backend });
  const source = input({ shape: [4], dtype: "i32", name: "source" });
  const target = input({ shape: [5], dtype: "i32", name: "the-target" });
  const known = embedding({ inputDim: 9, outputDim: 4 })(source);
  const read = gru({ units: 4, returnSequences: true })(embedding({ inputDim: 9, outputDim: 4 })(target));
  const attended = multiHeadAttention({ numHeads: 2, keyDim: 2 })(read, { value: known });
  const outputs = { next: dense({ units: 9 })(attended), "of-it": dense({ units: 6 })(attended) };
  const pairModel = model({ inputs: { source, "the-target": target }, outputs, name: oddName });
  using pair = await pairModel.compile({ backend });
  const [one, two] = [await standalone(gait), await standalone(pair, { weights: "separate", lengths: ["source"], over: "the-target" })];
  for (const [name, made] of Object.entries({ gait: one, pair: two })) {
    writeFileSync(join(folder, `${name}.js`), made.code);
    writeFileSync(join(folder, `${name}.d.ts`), made.types);
  }
  return two;
}

function compiled(lib: readonly string[], options: object): string {
  const compilerOptions = {
    strict: true,
    noEmit: true,
    target: "es2022",
    module: "esnext",
    moduleResolution: "bundler",
    types: [],
    lib,
    ...options,
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["usage.ts"] }));
  const tsc = fileURLToPath(new URL("../../../../node_modules/typescript/bin/tsc", import.meta.url));
  return spawnSync(process.execPath, [tsc, "-p", folder, "--pretty", "false"], { encoding: "utf8" }).stdout;
}

test("a use without casts compiles, and what is wrong does not", async () => {
  const odd = await files();
  writeFileSync(join(folder, "usage.ts"), usage);
  expect(compiled(["es2022", "esnext.disposable", "dom"], { exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true })).toBe("");
  writeFileSync(join(folder, "usage.ts"), usage.replace("using reading", "const reading"));
  expect(compiled(["es2022"], {})).toBe("");
  expect(await imported(odd)).toMatchObject({ name: oddName });
  expect(odd.code).not.toMatch(/<\/script|\u2028/);
});

test("the types of models of any kind compile", async () => {
  const models = fc.sample(drawn, { numRuns: 12, seed: Number(process.env["SLUICE_SEED"] ?? 1) });
  const uses = await Promise.all(
    models.map(async (one, i) => {
      using trainer = await modelOf({ ...one, isDeclared: true }).compile({ backend });
      const { types, code, verbs } = await standalone(trainer, { batch: one.batch, lengths: one.lengths, maxSteps: 9 });
      writeFileSync(join(folder, `drawn${i}.d.ts`), types);
      writeFileSync(join(folder, `drawn${i}.js`), code);
      const isTokens = one.front.endsWith("tokens");
      const x = isTokens ? "[[0, 1]]" : "[[[0, 1]]]";
      const stream = verbs.includes("stream") ? `model.stream().step(${isTokens ? "[1]" : "[[0, 1]]"}).data satisfies Float32Array;` : "";
      return `{ const { open } = await import("./drawn${i}.js"); const model = await open(); model.predict(${x}).shape[1] satisfies number; ${stream} }`;
    }),
  );
  writeFileSync(join(folder, "usage.ts"), `${uses.join("\n")}\nexport {};\n`);
  expect(compiled(["es2022"], {})).toBe("");
});
