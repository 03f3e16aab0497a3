// How training is doing, for whoever sits at a terminal: a line that rewrites itself while an epoch runs, and one that stays for each. Elsewhere nothing, unless it is asked for.
import type { Callback } from "../model/model.ts";
import type { EpochLog } from "../model/options.ts";
import { progressLine } from "./progressLine.ts";

/** What of Node's standard error is needed. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** As runtimes have them; a page has no process. */
declare const console: { log(text: string): void };
declare const process: { readonly stderr?: Terminal } | undefined;

/** Undefined where nothing is to be shown: `verbose` says so, or nobody sits there. */
export function terminalProgress(
  verbose: "auto" | boolean,
  terminal = typeof process === "undefined" ? undefined : process.stderr,
): Callback | undefined {
  if (verbose === false) return undefined;
  if (terminal?.isTTY === true) return rewriting(terminal);
  return verbose === true ? { name: "(progress)", onEpochEnd: (log, { epochs }) => console.log(epochLine(log, epochs)) } : undefined;
}

function rewriting(terminal: Terminal): Callback {
  let isOpen = false;
  const show = (line: string, isWhole: boolean): void => {
    const text = isWhole ? line : line.slice(0, (terminal.columns || 80) - 1); // one that wraps cannot be rewritten; some terminals say 0
    terminal.write(`\r${text}\u001B[K${isWhole ? "\n" : ""}`); // K clears the rest of the line
    isOpen = !isWhole;
  };
  return {
    name: "(progress)",
    onProgress: (progress) => show(progressLine(progress), false),
    onEpochEnd: (log, { epochs }) => show(epochLine(log, epochs), true),
    onTrainEnd() {
      if (isOpen) terminal.write("\n");
      isOpen = false;
    },
  };
}

/** "epoch  3/20  loss 0.1234  valLoss 0.2000  12345 examples/s" */
function epochLine({ epoch, examplesPerSecond, ...measures }: EpochLog, epochs: number): string {
  const parts = Object.entries(measures).map(([name, value]) => `${name} ${(value ?? Number.NaN).toFixed(4)}`);
  return [`epoch ${String(epoch).padStart(String(epochs).length)}/${epochs}`, ...parts, `${Math.round(examplesPerSecond)} examples/s`].join(
    "  ",
  );
}
