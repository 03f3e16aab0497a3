// The measurements as a file: every sample, and what they were taken on.
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { dirname } from "node:path";
import { SluiceError } from "@sluice/core";
import type { Plan, Row } from "../measure/race.ts";
import type { AnyWorkload } from "../workloads/workload.ts";

export interface Result {
  readonly workload: AnyWorkload;
  readonly rows: readonly Row[];
}

/** Writes aside and renames: the file holds the whole report or what it held before. Throws FILE_UNWRITABLE. */
export async function writeJson(path: string, plan: Plan, results: readonly Result[]): Promise<void> {
  const aside = `${path}.${process.pid}.part`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(aside, `${JSON.stringify(report(plan, results), null, 1)}\n`);
    await rename(aside, path);
  } catch (cause) {
    await rm(aside, { force: true }).catch(() => {}); // there may be no such place at all
    throw new SluiceError({
      code: "FILE_UNWRITABLE",
      who: "bench.json",
      what: `cannot write ${path}: ${(cause as Error).message}`,
      fix: "Choose another file with --json",
      facts: { path },
      cause,
    });
  }
}

function report(plan: Plan, results: readonly Result[]) {
  const processors = cpus();
  return {
    format: 1,
    date: new Date().toISOString(),
    machine: {
      processor: processors[0]?.model.trim(),
      cores: processors.length,
      platform: process.platform,
      arch: process.arch,
      node: process.version,
    },
    plan,
    results: results.map(({ workload: { name, help, flops, tolerance }, rows }) => ({ name, help, flops, tolerance, rows })),
  };
}
