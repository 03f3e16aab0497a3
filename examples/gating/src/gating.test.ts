import { expect, test } from "vitest";
import { main } from "./gating.ts";
import { helpText, parseOptions } from "./options.ts";
import { variants } from "./variants.ts";

test("a run checks, trains and compares every cell", async () => {
  const { code, said, complained } = await run(["--epochs", "1", "--units", "2", "--steps", "3"]);
  expect({ code, complained }).toEqual({ code: 0, complained: "" });
  const lines = said.split("\n");
  for (const { title, differs } of variants) {
    const line = lines.find((each) => each.includes(title))!;
    expect(line).toContain(differs);
    const [parameters, off, error] = line.trim().split(/\s+/).slice(-3).map(Number) as [number, number, number];
    expect(parameters).toBe(title === "merge gate" ? 2 * 8 + 2 * 8 + 8 + 3 : 2 * 6 + 2 * 6 + 6 + 3);
    expect(off).toBeLessThan(1e-7);
    expect(error).toBeGreaterThan(0);
  }
  expect(said).toContain("0.1667");
});

test("the same seed gives the same numbers", async () => {
  const small = ["--epochs", "1", "--units", "1", "--steps", "2", "--seed", "7"];
  expect((await run(small)).said).toBe((await run(small)).said);
});

test("help says what there is, and what is not given is as it says", async () => {
  expect(await run(["--help"])).toEqual({ code: 0, said: helpText(), complained: "" });
  for (const [name, value] of Object.entries(parseOptions([]))) expect(helpText()).toMatch(new RegExp(`--${name} N .*\\(${value}\\)\n`));
});

test.each([
  [["--epochs", "0"], '--epochs takes a whole number of at least 1, got "0". For example --epochs 8'],
  [["--steps", "1"], '--steps takes a whole number of at least 2, got "1"'],
  [["--units", "many"], '--units takes a whole number of at least 1, got "many"'],
  [["--cell", "gru"], "unknown option '--cell'. The options are --epochs, --units, --steps, --seed, --help"],
])("%j is one line on the error stream and exit code 2", async (args, message) => {
  const { code, said, complained } = await run(args);
  expect({ code, said }).toEqual({ code: 2, said: "" });
  expect(complained).toMatch(/^[^\n]+\n$/);
  expect(complained).toContain(`SluiceError [INVALID_ARGUMENT] gating.options: ${message}`);
});

async function run(args: readonly string[]) {
  let [said, complained] = ["", ""];
  const code = await main(args, { write: (text) => (said += text) }, { write: (text) => (complained += text) });
  return { code, said, complained };
}
