// What the user may say on the command line: one table, from which arguments are read, checked and explained.
import { parseArgs } from "node:util";
import { SluiceError } from "@sluice/core";
import { backendNames } from "@sluice/example-common";
import { cellNames } from "./model.ts";

const table = {
  epochs: { value: "N", initial: 24, parse: whole(1), help: "passes over the training days" },
  units: { value: "N", initial: 48, parse: whole(1), help: "size of the recurrent layer" },
  cell: { value: cellNames.join("|"), initial: "lstm", parse: oneOf(cellNames), help: "kind of the recurrent layer" },
  batchSize: { value: "N", initial: 32, parse: whole(1), help: "windows per update" },
  learningRate: { value: "X", initial: 0.001, parse: positive, help: "of Adam" },
  seed: { value: "N", initial: 1, parse: whole(0), help: "of weights, dropout and shuffles; same seed, same numbers" },
  backend: { value: backendNames.join("|"), initial: "cpu", parse: oneOf(backendNames), help: "what computes" },
  out: { value: "FOLDER", initial: "out/weather", parse: path, help: "where the model and the report go" },
} as const satisfies Readonly<Record<string, Entry>>;

interface Entry {
  /** Placeholder in the help. */
  readonly value: string;
  readonly initial: string | number;
  /** Throws INVALID_ARGUMENT. */
  readonly parse: (text: string, flag: string) => string | number;
  readonly help: string;
}

export type Options = { readonly [K in keyof typeof table]: ReturnType<(typeof table)[K]["parse"]> };

/** `--help` asks for the explanation. Throws INVALID_ARGUMENT for an option there is not, and for a value that does not fit. */
export function parseOptions(args: readonly string[]): Options | "help" {
  const given = tokens(args);
  if (given["help"] !== undefined) return "help";
  const options = Object.entries(table).map(([name, { initial, parse }]: [string, Entry]) => {
    const text = given[flagOf(name)];
    return [name, typeof text === "string" ? parse(text, `--${flagOf(name)}`) : initial];
  });
  return Object.fromEntries(options) as Options; // each value is what its entry's `parse` gives, or its `initial`
}

export function helpText(): string {
  const lines = Object.entries(table).map(
    ([name, { value, initial, help }]) => [`--${flagOf(name)} ${value}`, `${help} (${initial})`] as const,
  );
  const rows = [...lines, ["--help", "this text"] as const];
  const width = Math.max(...rows.map(([flag]) => flag.length));
  return [
    "Forecasts tomorrow's maximum temperature in Seattle from the last 30 days: trains a",
    "recurrent network on real weather and compares it with what a forecaster must beat.",
    "",
    "npm start -- [options]",
    "",
    ...rows.map(([flag, help]) => `  ${flag.padEnd(width)}  ${help}`),
    "",
    "Ctrl-C ends the training and keeps the best model so far; a second one quits at once.",
    "",
  ].join("\n");
}

const names = Object.keys(table).map(flagOf);

function tokens(args: readonly string[]): Readonly<Record<string, string | boolean | undefined>> {
  const known = Object.fromEntries(names.map((name) => [name, { type: "string" as const }]));
  try {
    return parseArgs({ args: [...args], options: { ...known, help: { type: "boolean", short: "h" } } }).values;
  } catch (cause) {
    const [what = ""] = (cause as Error).message.split(/\.\s|\n/); // Node's own remedies are not ours
    throw refused(
      `${what.charAt(0).toLowerCase()}${what.slice(1)}`,
      `The options are ${[...names, "help"].map((name) => `--${name}`).join(", ")}`,
    );
  }
}

function whole(least: number) {
  return (text: string, flag: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && Number.isSafeInteger(value)) return value;
    throw refused(`${flag} takes a whole number of at least ${least}, got "${text}"`, `For example ${flag} ${least + 7}`);
  };
}

function positive(text: string, flag: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value > 0 && Number.isFinite(value)) return value;
  throw refused(`${flag} takes a number above 0, got "${text}"`, `For example ${flag} 0.001`);
}

function path(text: string, flag: string): string {
  if (text.trim() !== "") return text;
  throw refused(`${flag} takes a folder, got nothing`, `For example ${flag} out/weather`);
}

function oneOf<T extends string>(choices: readonly T[]) {
  return (text: string, flag: string): T => {
    const choice = choices.find((name) => name === text);
    if (choice !== undefined) return choice;
    throw refused(`${flag} takes ${choices.join(" or ")}, got "${text}"`, `For example ${flag} ${choices[0]}`);
  };
}

/** batchSize → batch-size */
function flagOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function refused(what: string, fix: string): SluiceError {
  return new SluiceError({ code: "INVALID_ARGUMENT", who: "weather.options", what, fix });
}
