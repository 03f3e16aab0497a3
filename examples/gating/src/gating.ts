// The example as a story: for each cell check the gradient, train, and say how it did.
import { SluiceError } from "@sluice/core";
import { open as openReference } from "@sluice/core/reference";
import { open } from "@sluice/cpu";
import { errorOfTheMean } from "./addingProblem.ts";
import { helpText, parseOptions, type Options } from "./options.ts";
import { slopeError } from "./slopes.ts";
import { train } from "./train.ts";
import { variants } from "./variants.ts";

export interface Stream {
  write(text: string): unknown;
}

/** Resolves to the exit code: 0, 1 where it failed, 2 for arguments that it does not take. */
export async function main(args: readonly string[], stdout: Stream, stderr: Stream): Promise<number> {
  try {
    const options = parseOptions(args);
    if (options === "help") stdout.write(helpText());
    else await compare(options, stdout);
    return 0;
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    stderr.write(`${error}\n`);
    return error.who === "gating.options" ? 2 : 1;
  }
}

async function compare(options: Options, out: Stream): Promise<void> {
  const { epochs, units, steps } = options;
  out.write(`Each cell sees ${steps} numbers, two of them marked, and says at the end what the two add up to.\n`);
  out.write(`${units} units, ${epochs} epochs of 1,600 sequences; the error is the mean square on 400 others.\n\n`);
  out.write(row(["cell", "what is different", "parameters", "gradient off by", "error"]));
  const [exact, backend] = [await openReference(), await open()];
  try {
    for (const { title, differs, cell } of variants) {
      const off = await slopeError(exact, cell, options.seed);
      const { parameters, error } = await train(backend, cell, options);
      out.write(row([title, differs, `${parameters}`, off.toExponential(0), error.toFixed(4)]));
    }
  } finally {
    await Promise.all([exact.close(), backend.close()]);
  }
  out.write(row(["always 1", "no network: the mean of all sums", "0", "", errorOfTheMean.toFixed(4)]));
}

function row([title = "", differs = "", ...numbers]: readonly string[]): string {
  const [parameters = "", off = "", error = ""] = numbers;
  return `  ${title.padEnd(12)}${differs.padEnd(36)}${parameters.padStart(10)}${off.padStart(17)}${error.padStart(9)}\n`;
}
