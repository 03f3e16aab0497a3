// What the user may say on the command line.
import { parseArgs } from "node:util";
import { SluiceError } from "@sluice/core";

const table = {
  epochs: { initial: 12, least: 1, help: "passes over the sequences" },
  units: { initial: 16, least: 1, help: "size of each cell" },
  steps: { initial: 24, least: 2, help: "length of the sequences" },
  seed: { initial: 1, least: 0, help: "of sequences, weights and orders; same seed, same numbers" },
} as const;

export type Options = { readonly [K in keyof typeof table]: number };

/** `--help` asks for the explanation. Throws INVALID_ARGUMENT for an option there is not, and for a value that does not fit. */
export function parseOptions(args: readonly string[]): Options | "help" {
  const given = tokens(args);
  if (given["help"] !== undefined) return "help";
  const options = Object.entries(table).map(([name, { initial, least }]) => [name, whole(`--${name}`, given[name] ?? initial, least)]);
  return Object.fromEntries(options) as Options; // one for each entry
}

export function helpText(): string {
  const rows = Object.entries(table).map(([name, { initial, help }]) => `  --${name} N`.padEnd(14) + `${help} (${initial})`);
  return [
    "Trains a GRU and three variants of its gating, as cells of one's own, to remember and",
    "add two numbers of a sequence, and checks each one's gradient.",
    "",
    ...rows,
    "  --help      this text",
    "",
  ].join("\n");
}

function tokens(args: readonly string[]): Readonly<Record<string, string | boolean | undefined>> {
  const known = Object.fromEntries(Object.keys(table).map((name) => [name, { type: "string" as const }]));
  try {
    return parseArgs({ args: [...args], options: { ...known, help: { type: "boolean", short: "h" } } }).values;
  } catch (cause) {
    const [what = ""] = (cause as Error).message.split(/\.\s|\n/); // Node's own remedies are not ours
    throw refused(
      `${what.charAt(0).toLowerCase()}${what.slice(1)}`,
      `The options are ${[...Object.keys(table), "help"].map((name) => `--${name}`).join(", ")}`,
    );
  }
}

function whole(flag: string, text: string | number | boolean, least: number): number {
  const value = Number(text);
  if (/^\d+$/.test(String(text)) && value >= least && Number.isSafeInteger(value)) return value;
  throw refused(`${flag} takes a whole number of at least ${least}, got "${text}"`, `For example ${flag} ${least + 7}`);
}

function refused(what: string, fix: string): SluiceError {
  return new SluiceError({ code: "INVALID_ARGUMENT", who: "gating.options", what, fix });
}
