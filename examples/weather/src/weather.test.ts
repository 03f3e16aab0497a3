import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadModel } from "@sluice/nn/node";
import { afterAll, expect, test } from "vitest";
import { main } from "./weather.ts";

const folder = await mkdtemp(join(tmpdir(), "weather-"));
afterAll(() => rm(folder, { recursive: true }));
const small = ["--units", "4", "--batch-size", "128"];

test("a run trains, compares, and leaves a model that loads and a report", async () => {
  const out = join(folder, "run");
  const { code, said } = await run(["--epochs", "2", ...small, "--out", out]);
  expect(code).toBe(0);
  for (const part of [
    "lstm 4",
    "261 parameters",
    "cpu, wasm simd",
    "epoch 2/2",
    "LSTM",
    "persistence",
    "2.271 °C",
    join(out, "report.html"),
  ]) {
    expect(said).toContain(part);
  }
  expect((await readdir(out)).toSorted()).toEqual(["model.safetensors", "report.html"]);
  expect((await loadModel(join(out, "model.safetensors"))).name).toBe("weather");
});

test("the report needs no network and no script, and has every plot and table", async () => {
  const page = await readFile(join(folder, "run/report.html"), "utf8");
  expect(page.replaceAll('xmlns="http://www.w3.org/2000/svg"', "")).not.toMatch(
    /https?:|<script|<link|<img|\bsrc=|\bhref=|@import|url\(|NaN|undefined|Infinity/,
  );
  for (const id of ["forecast", "losses", "residuals"]) expect(page).toContain(`<figure id="${id}">`);
  expect(page.match(/class="plot wide"/g)).toHaveLength(4); // the residuals are two plots
  expect(page.match(/class="plot narrow"/g)).toHaveLength(4);
  expect(page.match(/<tr/g)).toHaveLength(5 + 3 + 221); // scores, epochs, days, each with a header
});

test("the bar under each error of the report is as long as that error", async () => {
  const page = await readFile(join(folder, "run/report.html"), "utf8");
  const table = page.slice(page.indexOf("<table"), page.indexOf("</table>"));
  const cells = [...table.matchAll(/<td[^>]*>([\d.]+)<svg[^>]*><rect width="([\d.]+)%"/g)].map(
    ([, error, width]) => Number(error) / Number(width),
  );
  expect(cells).toHaveLength(8);
  for (const column of [0, 1]) {
    const ratios = cells.filter((_, i) => i % 2 === column);
    for (const ratio of ratios) expect(ratio / ratios.at(-1)!).toBeCloseTo(1, 1);
  }
});

test.each(["lstm", "gru", "rnn"])("the same seed gives the same numbers, another one others: %s", async (cell) => {
  const numbers = async (seed: string, name: string): Promise<string> => {
    const out = join(folder, cell, name);
    const { code } = await run(["--epochs", "1", ...small, "--cell", cell, "--seed", seed, "--out", out]);
    expect(code).toBe(0);
    return readFile(join(out, "model.safetensors"), "latin1");
  };
  const first = await numbers("7", "a");
  expect(await numbers("7", "b")).toBe(first);
  expect(await numbers("8", "c")).not.toBe(first);
});

test("Ctrl-C keeps the best model so far, says so and exits with 130", async () => {
  const out = join(folder, "stopped");
  const stop = new AbortController();
  const { code, said } = await run(["--epochs", "1000", ...small, "--out", out], stop, /epoch +1\//);
  expect(code).toBe(130);
  expect(said).toMatch(/Stopped in epoch \d+ of 1000 after .* s; epoch \d+, the best on validation, is kept/);
  expect((await readdir(out)).toSorted()).toEqual(["model.safetensors", "report.html"]);
  expect(await readFile(join(out, "report.html"), "utf8")).toContain("stopped by the user");
});

test("Ctrl-C before the first epoch is over leaves nothing and exits with 130", async () => {
  const out = join(folder, "early");
  const { code, said } = await run(["--epochs", "5", ...small, "--out", out], new AbortController(), /Tomorrow/);
  expect(code).toBe(130);
  expect(said).toContain("there is no model to save");
  expect(await readdir(out)).toEqual([]);
});

test("help is printed and nothing else done", async () => {
  expect(await run(["--help"])).toMatchObject({ code: 0, said: expect.stringContaining("--learning-rate"), complained: "" });
});

test("a wrong argument is one line on the error stream and exit code 2", async () => {
  const { code, said, complained } = await run(["--units", "-3"]);
  expect({ code, said }).toEqual({ code: 2, said: "" });
  expect(complained).toMatch(/^SluiceError \[INVALID_ARGUMENT\] weather\.options: .+\n$/);
});

test("an output folder that cannot be written to ends the job before it trains", async () => {
  const file = join(folder, "file");
  await writeFile(file, "");
  const { code, said, complained } = await run([...small, "--out", join(file, "out")]);
  expect({ code, said }).toEqual({ code: 1, said: "" });
  expect(complained).toMatch(/^SluiceError \[FILE_UNWRITABLE\] out: .*--out.*\n$/);
});

/** `stop` is pulled as soon as what is said matches `when`. */
async function run(args: readonly string[], stop = new AbortController(), when?: RegExp) {
  let [said, complained] = ["", ""];
  const stdout = {
    write(text: string) {
      said += text;
      if (when?.test(said)) stop.abort();
    },
  };
  const code = await main(args, { stdout, stderr: { write: (text: string) => (complained += text) }, signal: stop.signal });
  return { code, said, complained };
}
