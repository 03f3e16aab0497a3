// What the user may say, and what comes of it: `inspect`, `convert`, `export`.
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { SluiceError } from "@sluice/core";
import { convert, type Conversion } from "./convert.ts";
import { openSource } from "./files/source.ts";
import { targets, type Target } from "./files/writeModel.ts";
import { inspect } from "./inspect.ts";
import { during, type Surroundings } from "./terminal.ts";

/** Resolves to the exit code: 0, 1 where a file is refused or something fails, 2 for arguments that there are not. */
export async function run(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { stdout, stderr } = surroundings;
  const program = programFor(surroundings);
  program.exitOverride().configureOutput({ writeOut: (text) => stdout.write(text), writeErr: (text) => stderr.write(text) });
  for (const each of program.commands) each.exitOverride().configureOutput(program.configureOutput());
  try {
    await program.parseAsync(args, { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2; // which has said why
    if (!(error instanceof SluiceError)) throw error;
    stderr.write(`${error.message}\n`);
    return error.who === "sluice" ? 2 : 1;
  }
}

function programFor(surroundings: Surroundings): Command {
  const program = new Command("sluice")
    .description("Looks into model files, converts them, and makes of a model one file that runs alone.")
    .helpCommand(false)
    .showHelpAfterError("(sluice --help tells what there is)")
    .allowExcessArguments(false);
  program
    .command("inspect")
    .description("layers, shapes, parameters, operators, and what is unknown")
    .argument("<file>", "a model of Sluice, Keras (.keras, .weights.h5), TensorFlow.js (model.json), ONNX, or safetensors")
    .option("--json", "as data")
    .action(async (path: string, { json = false }: { readonly json?: boolean }) => {
      const report = await during(surroundings, `Reading ${path}`, async () => inspect(await openSource(path)));
      surroundings.stdout.write(json ? `${JSON.stringify(report.data, undefined, 2)}\n` : `${report.text.join("\n\n")}\n`);
    });
  withModelOptions(
    program
      .command("convert")
      .description("a model as a file of another program")
      .argument("<from>", "a file that holds a model, or weights for the one that --model names")
      .argument("<to>", "where it goes; its ending says what it is to be, unless --to does"),
  ).action(async (from: string, to: string, options: ConvertOptions) => {
    await convert(surroundings, { ...options, from, out: to });
  });
  withModelOptions(
    program
      .command("export")
      .description("a model as a file that runs elsewhere, such as alone in a page")
      .argument("<file>", "as for convert")
      .option("--out <path>", "where it goes (default: beside the file, under its name)"),
  ).action(async (from: string, options: ConvertOptions & { readonly out?: string }) => {
    await convert(surroundings, { to: "standalone", ...options, from });
  });
  return program;
}

type ConvertOptions = Omit<Conversion, "from" | "out">;

function withModelOptions(command: Command): Command {
  return command
    .addOption(new Option("--to <format>", "what it is to be").choices(targets).argParser((text): Target => targetNamed(text)))
    .option("--model <file>", "of weights alone: a file of the model that they are for")
    .option("--layers <json>", 'of PyTorch and of weights alone: the module of each layer, as {"lstm":"rnn"}, or a file of that')
    .option("--batch <rows>", "standalone and ONNX: rows that it takes at once (standalone: 1; ONNX: any number)", whole)
    .option("--steps <steps>", "standalone and ONNX: steps of a sequence", whole)
    .option("--max-steps <steps>", "standalone: steps at most that a stream with attention remembers", whole);
}

function targetNamed(text: string): Target {
  const found = targets.find((target) => target === text);
  if (found === undefined) throw new InvalidArgumentError(`It takes ${targets.join(", ")}.`);
  return found;
}

function whole(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError("It takes a whole number of at least 1.");
}
