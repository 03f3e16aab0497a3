// The command: what is measured or read, and what is shown and written of it.
import { SluiceError } from "@sluice/core";
import { type Change, compareRuns } from "./measure/compare.ts";
import { reachOf } from "./measure/reach.ts";
import { measure } from "./measure/session.ts";
import { type Files, type Options, parseOptions } from "./options.ts";
import { helpText, listText } from "./optionsText.ts";
import { comparisonText } from "./report/comparison.ts";
import { asJson, claim, readRun, writeWhole } from "./report/files.ts";
import { benchPage } from "./report/page/page.ts";
import { progressLine } from "./report/progress.ts";
import { reachText } from "./report/reach.ts";
import { machineText, type Run } from "./measure/run.ts";
import { table } from "./report/table.ts";
import { targets } from "./targets.ts";

/**
 * Resolves to the exit code: 0; 1 where some contender disagreed, or got worse than in the baseline; 2 for a command that makes no sense;
 * 130 where the user ended the run.
 */
export async function main(args: readonly string[], signal: AbortSignal): Promise<number> {
  try {
    const options = parseOptions(args);
    if (options === "help" || options === "list") process.stdout.write(options === "help" ? helpText : listText());
    else return await run(options, signal);
    return 0;
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    process.stderr.write(`${error.toString()}\n`);
    return 2;
  }
}

async function run(options: Options, signal: AbortSignal): Promise<number> {
  const { files } = options;
  const baseline = files.compare === undefined ? undefined : await readRun(files.compare); // what is missing is known before any work is done
  for (const flag of ["json", "html"] as const) if (files[flag] !== undefined) await claim(files[flag], `--${flag}`);
  const write = (now: Run): Promise<void> => writeFiles(now, changesOf(now, baseline), files);
  const whole = files.from === undefined ? await measured(options, write, signal) : await shown(files.from);
  await write(whole);
  const reached = reachText(reachOf(whole, targets));
  if (reached !== "") process.stdout.write(`${reached}\n`);
  const changes = changesOf(whole, baseline);
  if (baseline !== undefined) process.stdout.write(`${comparisonText(changes!, baseline.date.slice(0, 10))}\n`);
  return exitCode(whole, changes ?? []);
}

/** Each table is shown and each file written as soon as it is known: an end by force loses one workload at most. */
async function measured(options: Options, write: (run: Run) => Promise<void>, signal: AbortSignal): Promise<Run> {
  const line = progressLine(process.stderr);
  let told = false;
  return measure(options, {
    signal,
    onMoment: line.show,
    async onResult(now) {
      line.clear();
      if (!told) tell(now);
      told = true;
      process.stdout.write(`${table(now.results.at(-1)!, now.limit)}\n`);
      await write(now);
    },
  });
}

async function shown(path: string): Promise<Run> {
  const run = await readRun(path);
  tell(run);
  for (const result of run.results) process.stdout.write(`${table(result, run.limit)}\n`);
  return run;
}

function tell({ machine, limit }: Run): void {
  process.stdout.write(`${machineText(machine)}; one thread of WebAssembly SIMD does at most ${limit.toFixed(1)} GFLOP/s\n`);
  process.stdout.write("In brackets: where the true ratio lies, in 95 of 100 such runs. bench/README.md explains the columns\n\n");
}

function changesOf(run: Run, baseline: Run | undefined): readonly Change[] | undefined {
  return baseline === undefined ? undefined : compareRuns(run, baseline);
}

async function writeFiles(run: Run, changes: readonly Change[] | undefined, { json, html }: Files): Promise<void> {
  if (json !== undefined) await writeWhole(json, asJson(run), "--json");
  if (html !== undefined) await writeWhole(html, benchPage(run, changes), "--html");
}

function exitCode({ interrupted, results }: Run, changes: readonly Change[]): number {
  if (interrupted) return 130;
  const disagreed = results.some(({ rows }) => rows.some(({ disagrees }) => disagrees === true));
  return disagreed || changes.some(({ change }) => change === "worse") ? 1 : 0;
}
