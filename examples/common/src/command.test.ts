import { SluiceError } from "@sluice/core";
import { expect, test } from "vitest";
import { oneOf, positive, runCommand, severalOf, severalWholes, whole, type Command } from "./command.ts";

interface Options {
  readonly units: number;
  readonly learningRate: number;
  readonly cell: "lstm" | "gru";
  readonly only: readonly ("a" | "b")[];
  readonly steps: readonly number[];
}

const command: Command<Options> = {
  ...{ name: "sample", description: "Does nothing." },
  options: {
    units: whole(8, "size"),
    learningRate: positive(0.1, "of Adam"),
    cell: oneOf(["lstm", "gru"], "lstm", "kind"),
    only: severalOf(["a", "b"], "which"),
    steps: severalWholes([3, 4], "lengths", 2),
  },
  async run(options, { stdout }) {
    if (options.units === 9) throw new SluiceError({ code: "INVALID_ARGUMENT", who: "sample", what: "nine is no number" });
    stdout.write(JSON.stringify(options));
    return options.units === 7 ? 130 : undefined;
  },
};

async function run(...args: string[]) {
  let [said, complained] = ["", ""];
  const signal = new AbortController().signal;
  const code = await runCommand(command, args, {
    stdout: { write: (text) => (said += text) },
    stderr: { write: (text) => (complained += text) },
    signal,
  });
  return { code, said, complained };
}

test("options are read, and what is not given is as the table says", async () => {
  const { code, said, complained } = await run();
  expect({ code, complained }).toEqual({ code: 0, complained: "" });
  expect(JSON.parse(said)).toEqual({ units: 8, learningRate: 0.1, cell: "lstm", only: ["a", "b"], steps: [3, 4] });
  const given = await run("--units", "2", "--learning-rate", "1e-3", "--cell", "gru", "--only", "b", "--steps", "2,9");
  expect(JSON.parse(given.said)).toEqual({ units: 2, learningRate: 0.001, cell: "gru", only: ["b"], steps: [2, 9] });
});

test("help says what there is, on standard output", async () => {
  const { code, said } = await run("--help");
  expect(code).toBe(0);
  for (const part of ["npm run example sample --", "Does nothing.", "--learning-rate <X>", "of Adam", "(default: 0.1)"])
    expect(said).toContain(part);
});

test.each([
  [["--units", "0"], "at least 1"],
  [["--units", "1.5"], "whole number"],
  [["--learning-rate", "-1"], "above 0"],
  [["--cell", "rnn"], "lstm, gru"],
  [["--only", "a,c"], "a, b"],
  [["--steps", "3,1"], "at least 2"],
  [["--unit", "3"], "--units"],
  [["more"], "argument"],
])("%j is refused with exit code 2", async (args, part) => {
  const { code, said, complained } = await run(...args);
  expect({ code, said }).toEqual({ code: 2, said: "" });
  expect(complained).toContain(part);
});

test("what fails is told on the error stream; the exit code is 1, or the command's own", async () => {
  expect(await run("--units", "9")).toEqual({
    code: 1,
    said: "",
    complained: "SluiceError [INVALID_ARGUMENT] sample: nine is no number\n",
  });
  expect((await run("--units", "7")).code).toBe(130);
});
