// `npm run explain`: what every pass makes of a traced function, in numbers or written out.
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { root } from "./packages.mjs";
import { setUp } from "./setup.mjs";
import { must } from "./steps.mjs";

const help = `npm run explain -- [FILE] [--backend cpu] [--show PASS]

Shows the stages of a traced function on its way to a Program: time, size and memory of each.
FILE exports the function and the shapes of its arguments:

  export const args = [{ shape: [2, 3], dtype: "f32" }];
  export default function double(x) { return x.mul(2); }

Without FILE it is an LSTM over 5 steps and the gradient of its weights.

  --backend NAME   reference, cpu or workers. Default cpu
  --show PASS      writes out what the passes of this name, or number, have left; "all" of them`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    backend: { type: "string", default: "cpu" },
    show: { type: "string" },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (values.help || positionals.length > 1) {
  console.log(help);
  process.exit(values.help ? 0 : 1);
}

const from = process.cwd();
await setUp();
await must("Building", "turbo", ["run", "build", "--filter=@sluice/workers", "--output-logs=errors-only"]);
process.chdir(from);

const core = await import("@sluice/core"); // there only after the build
const { fn, args } = await given(positionals[0]);
const backend = await open(values.backend);
const stages = core.explain(core.trace(fn.name || "function", fn, args).graph, backend);
await backend.close();

console.log(`\n${fn.name || "function"}, for ${backend.name}\n`);
console.log(table(stages));
const shown = stages.filter(({ name }, at) => [name, `${at}`, "all"].includes(values.show ?? ""));
for (const { name, text } of shown) console.log(`\nAfter ${name}:\n\n${text}`);
if (values.show !== undefined && shown.length === 0) {
  console.log(`\nThere is no pass "${values.show}". Take a name or a number of the table.`);
  process.exitCode = 1;
}

/** @param {string | undefined} file */
async function given(file) {
  if (file === undefined) return lstm();
  const module = await import(pathToFileURL(resolve(file)).href);
  const fn = module.default;
  if (typeof fn === "function" && Array.isArray(module.args)) return { fn, args: module.args };
  console.log(`${file} must export a function as default, and \`args\`, a list of { shape, dtype }.\n\n${help}`);
  process.exit(1);
}

function lstm() {
  const layer = core.recurrence(core.lstm());
  /** @param {number[]} shape */
  const f32 = (...shape) => ({ shape, dtype: "f32" });
  /** @type {(weights: any, x: any) => unknown} */
  const fn = (weights, x) => core.gradient(layer.run(weights, x).last.sum(), weights);
  Object.defineProperty(fn, "name", { value: "lstm with gradient" });
  return { fn, args: [{ wx: f32(3, 16), wh: f32(4, 16), b: f32(16) }, f32(2, 5, 3)] };
}

/** @param {string} name */
async function open(name) {
  const entries = { reference: "core/dist/reference.js", cpu: "cpu/dist/index.js", workers: "workers/dist/index.js" };
  if (Object.hasOwn(entries, name)) {
    const entry = entries[/** @type {keyof typeof entries} */ (name)];
    return (await import(pathToFileURL(join(root, "packages", entry)).href)).open();
  }
  console.log(`There is no backend "${name}": take ${Object.keys(entries).join(", ")}.`);
  return process.exit(1);
}

/** @param {readonly import("@sluice/core").Explanation[]} stages */
function table(stages) {
  const unit = { graph: "nodes", schedule: "kernels", program: "kernels" };
  const rows = stages.map(({ name, level, ms, size, scratchBytes }, at) => [
    `${at}`,
    name,
    `${ms.toFixed(1)} ms`,
    `${size} ${unit[level]}`,
    scratchBytes === undefined ? "" : `${scratchBytes} B scratch`,
  ]);
  const total = stages.reduce((sum, { ms }) => sum + ms, 0);
  rows.push(["", "all passes", `${total.toFixed(1)} ms`, "", ""]);
  /** @param {number} column */
  const width = (column) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  const widths = [0, 1, 2, 3, 4].map(width);
  /** @param {readonly string[]} row */
  const line = (row) => row.map((cell, column) => (column === 1 ? cell.padEnd(widths[1] ?? 0) : cell.padStart(widths[column] ?? 0)));
  return rows.map((row) => line(row).join("  ").trimEnd()).join("\n");
}
