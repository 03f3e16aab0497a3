// What a page downloads: bundles of what users write, minified and compressed. The limits are what there is, rounded up; whoever adds to one sees it here.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "vite";
import { afterAll, expect, test } from "vitest";
import { folders, manifest, root } from "./packages.mjs";

const folder = mkdtempSync(join(tmpdir(), "sluice-bundles-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Title, program, and the most kB that it may have before anything is imported later. */
const programs: readonly (readonly [title: string, kB: number, code: string])[] = [
  ["a backend", 35, `import { open } from "@sluice/cpu"; globalThis.run = open;`],
  [
    "a traced function on a backend, its compiler included",
    68,
    `import { open } from "@sluice/cpu"; import { compile, lstm, recurrence } from "@sluice/core"; globalThis.run = [open, compile, lstm, recurrence];`,
  ],
  [
    "a trained LSTM that predicts",
    110,
    `import { open } from "@sluice/cpu"; import { dense, deserializeWith, lstm } from "@sluice/nn";
     globalThis.run = async (bytes, x) => (await deserializeWith(bytes, { layers: { dense, lstm } }).compile({ backend: await open() })).predict(x);`,
  ],
  [
    "any model that predicts",
    133,
    `import { open } from "@sluice/cpu"; import { deserialize } from "@sluice/nn";
     globalThis.run = async (bytes, x) => (await deserialize(bytes).compile({ backend: await open() })).predict(x);`,
  ],
  ["every figure, and pages of them", 237, `import { report } from "@sluice/report"; globalThis.run = report;`],
];

test.each(programs)("%s is at most %i kB", async (title, most, code) => {
  const entry = join(folder, `${title.replaceAll(/\W+/g, "-")}.js`);
  writeFileSync(entry, code);
  const { chunks, size } = await bundled(entry);
  expect(size).toBeGreaterThan(20_000);
  expect(size, `${title}: ${chunks.join(", ")}`).toBeLessThanOrEqual(most * 1000);
});

test("a page that predicts does not download what trains", async () => {
  const entry = join(folder, "predicts.js");
  writeFileSync(entry, programs.find(([title]) => title === "any model that predicts")![2]);
  const { modules } = await bundled(entry);
  expect(modules.some((id) => id.endsWith("nn/src/training/predict.ts"))).toBe(true);
  const trains = /nn\/src\/(training\/(fit|epoch|best|objective)|learner\/update|losses|metrics|decoding)|core\/src\/gradient/;
  expect(modules.filter((id) => trains.test(id) && !/names.ts$/i.test(id))).toEqual([]);
});

test("a page that trains with one loss does not download the others, and one that names none of them no seldom one", async () => {
  const entry = join(folder, "trains.js");
  writeFileSync(entry, `import { huber, learn } from "@sluice/nn"; globalThis.run = [huber, learn];`);
  const { modules } = await bundled(entry);
  const measures = modules.filter((id) => /nn\/src\/(losses|metrics)\//.test(id)).map((id) => id.replace(/.*\//, ""));
  expect(measures).toEqual(["huber.ts"]);
  writeFileSync(
    entry,
    `export { resolveLoss } from ${JSON.stringify(join(root, "packages/nn/src/losses/resolveLoss.ts"))}; export { resolveMetric } from ${JSON.stringify(join(root, "packages/nn/src/losses/resolveMetric.ts"))};`,
  );
  const named = (await bundled(entry)).modules.filter((id) =>
    /(hinge|huber|auc|f1Score|perplexity|furtherLosses|furtherMetrics)\.ts$/.test(id),
  );
  expect(named).toEqual([]);
});

test("a page that reads a csv downloads 19 kB, nothing of it Node's, and one that cuts windows nothing of that", async () => {
  const entry = join(folder, "data.js");
  writeFileSync(entry, `import { parseCsv } from "@sluice/data"; globalThis.run = parseCsv;`);
  const csv = await bundled(entry);
  expect(csv.size).toBeLessThanOrEqual(19_000);
  expect(csv.modules.filter((id) => /csv-parse/.test(id))).toEqual([expect.stringMatching(/csv-parse\/dist\/esm\/sync\.js$/)]); // its build for pages
  writeFileSync(entry, `import { standardScaler, windows } from "@sluice/data"; globalThis.run = [standardScaler, windows];`);
  const { size, modules } = await bundled(entry);
  expect(size).toBeLessThanOrEqual(7_000);
  expect(modules.filter((id) => /csv/.test(id))).toEqual([]);
});

/** What is loaded at once: the entry, and what it imports without `import()`. */
async function bundled(entry: string) {
  const alias = folders().flatMap((each) =>
    Object.entries(sources(each)).map(([find, replacement]) => ({ find: new RegExp(`^${find}$`), replacement })),
  );
  const result = await build({
    root,
    configFile: false,
    logLevel: "silent",
    resolve: { alias },
    build: { write: false, minify: true, target: "es2023", modulePreload: false, rolldownOptions: { input: entry, external: [/^node:/] } },
  });
  const [{ output }] = (Array.isArray(result) ? result : [result]) as [Extract<typeof result, { output: unknown }>];
  const all = output.filter((each) => each.type === "chunk");
  const names = new Set(all.filter(({ isEntry }) => isEntry).map(({ fileName }) => fileName));
  for (const name of names) for (const next of all.find(({ fileName }) => fileName === name)?.imports ?? []) names.add(next); // a set grows as it is walked
  const chunks = all.filter(({ fileName }) => names.has(fileName));
  return {
    chunks: chunks.map(({ fileName }) => fileName),
    modules: chunks.flatMap(({ moduleIds }) => moduleIds),
    size: gzipSync(chunks.map(({ code }) => code).join(""), { level: 9 }).length,
  };
}

/** What a package exports, by name, where its source is. */
function sources(each: string): Readonly<Record<string, string>> {
  const { name, exports = {} } = manifest(each);
  return Object.fromEntries(
    Object.entries(exports).map(([path, { default: file }]) => [
      `${name}${path.slice(1)}`,
      join(root, each, file.replace("./dist/", "src/").replace(/\.js$/, ".ts")),
    ]),
  );
}
