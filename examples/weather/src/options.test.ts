import { expect, test } from "vitest";
import { helpText, parseOptions } from "./options.ts";

test("what is not given is as the help says", () => {
  const options = parseOptions([]);
  expect(options).toMatchObject({ cell: "lstm", backend: "cpu", seed: 1, out: "out/weather" });
  for (const [name, value] of Object.entries(options)) {
    const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    expect(helpText()).toMatch(new RegExp(`--${flag} .*\\(${value}\\)\n`));
  }
});

test("what is given is taken, in either way of writing it", () => {
  const given = [
    "--epochs=3",
    "--units",
    "8",
    "--cell",
    "gru",
    "--batch-size",
    "16",
    "--learning-rate",
    "1e-2",
    "--seed",
    "0",
    "--backend",
    "reference",
    "--out",
    "here",
  ];
  expect(parseOptions(given)).toEqual({
    epochs: 3,
    units: 8,
    cell: "gru",
    batchSize: 16,
    learningRate: 0.01,
    seed: 0,
    backend: "reference",
    out: "here",
  });
  expect(parseOptions(["--help"])).toBe("help");
  expect(parseOptions(["-h", "--units", "no"])).toBe("help");
});

test.each([
  [["--epochs", "0"], '--epochs takes a whole number of at least 1, got "0". For example --epochs 8'],
  [["--epochs", "1.5"], '--epochs takes a whole number of at least 1, got "1.5"'],
  [["--units", "many"], '--units takes a whole number of at least 1, got "many"'],
  [["--seed=-1"], '--seed takes a whole number of at least 0, got "-1"'],
  [["--learning-rate", "0"], '--learning-rate takes a number above 0, got "0"'],
  [["--cell", "LSTM"], '--cell takes lstm or gru or rnn, got "LSTM"'],
  [["--backend", "gpu"], '--backend takes cpu or workers or reference, got "gpu"'],
  [["--out", ""], "--out takes a folder, got nothing"],
  [["--epoch", "3"], "unknown option '--epoch'. The options are --epochs, --units"],
  [["--epochs"], "argument missing. The options are"],
  [["now"], "unexpected argument 'now'"],
])("%j is refused in one line with the remedy", (args, message) => {
  const refuse = (): unknown => parseOptions(args);
  expect(refuse).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT", message: expect.stringContaining(message) }) as Error);
  expect(refuse).toThrow(/^[^\n]+$/);
});
