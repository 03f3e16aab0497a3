// The command: which races are run, in what order, and what is shown of them.
import { cpus } from "node:os";
import { SluiceError } from "@sluice/core";
import { contend } from "./measure/process.ts";
import { race } from "./measure/race.ts";
import { helpText, listText, type Options, parseOptions } from "./options.ts";
import { type Result, writeJson } from "./report/json.ts";
import { progressLine } from "./report/progress.ts";
import { table } from "./report/table.ts";

/** Resolves to the exit code: 0, also after an interruption; 1 where some contender disagreed; 2 for a command that makes no sense. */
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

async function run({ workloads, contenders, plan, json }: Options, signal: AbortSignal): Promise<number> {
  const results: Result[] = [];
  const line = progressLine(process.stderr);
  if (json !== undefined) await writeJson(json, plan, results); // a file that cannot be written is known before any work is done
  process.stdout.write(`${cpus()[0]?.model.trim()} × ${cpus().length}, Node ${process.version}\n\n`);
  for (const workload of workloads) {
    if (signal.aborted) break;
    const onProgress = (what: string): void => line.show(`${workload.name}: ${what}`);
    const rows = await race(workload, contenders, { plan, start: contend, signal, onProgress });
    line.clear();
    process.stdout.write(`${table(workload, rows)}\n`);
    results.push({ workload, rows });
    if (json !== undefined) await writeJson(json, plan, results); // after each: an end by force loses one workload at most
  }
  return results.some(({ rows }) => rows.some(({ reason }) => reason?.startsWith("disagrees"))) ? 1 : 0;
}
