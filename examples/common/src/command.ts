// An example as a command: its options as a table, by commander; its exit code is 0, 1 where it failed, 2 for arguments that it does not take, 130 where it was interrupted.
import { SluiceError } from "@sluice/core";
import { Command as Commander, CommanderError, InvalidArgumentError, Option } from "commander";
import type { Stream } from "./terminal.ts";

export interface Asked<T> {
  /** What stands for the value in the help: "N", "lstm|gru". */
  readonly value: string;
  readonly initial: T;
  readonly help: string;
  parse(text: string): T;
}

export interface Command<O> {
  /** "gates" of `npm run example gates`. */
  readonly name: string;
  readonly description: string;
  readonly options: { readonly [K in keyof O]: Asked<O[K]> };
  /** Resolves to the exit code, 0 where it says none. `signal` is Ctrl-C. */
  run(options: O, surroundings: Outcome): Promise<number | undefined>;
}

export interface Outcome {
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly signal: AbortSignal;
}

/** Resolves to the exit code. */
export async function runCommand<O extends object>(command: Command<O>, args: readonly string[], outcome: Outcome): Promise<number> {
  const { stdout, stderr } = outcome;
  const parser = new Commander(`npm run example ${command.name} --`)
    .description(command.description)
    .exitOverride()
    .allowExcessArguments(false)
    .showSuggestionAfterError()
    .configureOutput({ writeOut: (text) => void stdout.write(text), writeErr: (text) => void stderr.write(text) });
  for (const [name, { value, initial, help, parse }] of Object.entries<Asked<unknown>>(command.options))
    parser.addOption(new Option(`--${flagOf(name)} <${value}>`, help).default(initial).argParser(parse));
  try {
    parser.parse(args, { from: "user" });
    return (await command.run(parser.opts<O>(), outcome)) ?? 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2; // which it has told
    if (!(error instanceof SluiceError)) throw error;
    stderr.write(`${error}\n`);
    return 1;
  }
}

/** For `main.ts`: with the process's own streams, and Ctrl-C as the signal; a second one quits at once. */
export async function asked<O extends object>(command: Command<O>): Promise<void> {
  const halt = new AbortController();
  process.once("SIGINT", () => halt.abort());
  const { stdout, stderr } = process;
  process.exitCode = await runCommand(command, process.argv.slice(2), { stdout, stderr, signal: halt.signal });
}

export function whole(initial: number, help: string, least = 1): Asked<number> {
  return { value: "N", initial, help, parse: (text) => wholeIn(text, least) };
}

export function severalWholes(initial: readonly number[], help: string, least = 1): Asked<readonly number[]> {
  return { value: "N,N,…", initial, help, parse: (text) => text.split(",").map((part) => wholeIn(part, least)) };
}

export function positive(initial: number, help: string): Asked<number> {
  const parse = (text: string): number => {
    const value = Number(text);
    if (text.trim() !== "" && value > 0 && Number.isFinite(value)) return value;
    throw new InvalidArgumentError("It must be a number above 0.");
  };
  return { value: "X", initial, help, parse };
}

export function oneOf<const T extends string>(choices: readonly T[], initial: NoInfer<T>, help: string): Asked<T> {
  return { value: choices.join("|"), initial, help, parse: (text) => choiceIn(text, choices) };
}

export function severalOf<const T extends string>(choices: readonly T[], help: string): Asked<readonly T[]> {
  const parse = (text: string): readonly T[] => text.split(",").map((part) => choiceIn(part, choices));
  return { value: "NAME,…", initial: choices, help, parse };
}

function wholeIn(text: string, least: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError(`It must be a whole number of at least ${least}.`);
}

function choiceIn<T extends string>(text: string, choices: readonly T[]): T {
  const choice = choices.find((name) => name === text);
  if (choice !== undefined) return choice;
  throw new InvalidArgumentError(`It must be one of ${choices.join(", ")}.`);
}

/** batchSize → batch-size */
function flagOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
