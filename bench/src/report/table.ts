// One workload as a table for the terminal.
import { isNoisy, summaries, type Summary } from "../measure/summary.ts";
import { quantile } from "../measure/statistics.ts";
import { steady } from "../measure/verdict.ts";
import { bytes, ends, figures, mebibytes, percent, time } from "./format.ts";
import type { Result } from "../measure/run.ts";

const head = ["", "threads", "median", "spread", "× fastest", "GFLOP/s", "of limit", "memory", "first", "compile"];

/** Lines of at most some 120 columns, the fastest first. `limit` is that of the machine, in GFLOP/s. */
export function table(result: Result, limit: number): string {
  const all = summaries(result, limit);
  const noisy = isNoisy(result, limit);
  return [
    result.name,
    `  ${result.help}`,
    ...(all.length > 0 ? aligned([head, ...all.map((one, i) => cells(one, i === 0))]) : []),
    ...result.rows.filter(({ reason }) => reason !== undefined).map(({ contender, reason }) => `  ${contender}: ${reason}`),
    ...all.flatMap((one) => notes(one, noisy)),
    ...(noisy ? [`  ${noiseText(result, limit)}`] : []),
    "",
  ].join("\n");
}

function cells({ row, ms, spread, ratio, gflops, share, memory, firstMs, compileMs }: Summary, fastest: boolean): string[] {
  return [
    row.contender,
    row.threads === null ? "" : `${row.threads ?? 1}`,
    time(ms),
    `±${(100 * spread).toFixed(1)} %`,
    fastest ? "1" : `${figures(ratio.value)} ${ends(ratio)}`,
    gflops.toFixed(2),
    ...[optional(share, percent), optional(memory, mebibytes), optional(firstMs, time), optional(compileMs, time)],
  ];
}

function optional(value: number, text: (value: number) => string): string {
  return Number.isNaN(value) ? "" : text(value);
}

/** What is worth a line: who really ran, how far its answer was off, what the noise hides unless it hides all, and the heap. */
function notes(summary: Summary, noisy: boolean): string[] {
  const { contender, version, executor, distance, heap, rounds } = summary.row;
  const who = `${version}${executor === undefined ? "" : `, ${executor}`}`;
  const facts = [who, `${distance?.toExponential(1)} from the oracle`, counted(rounds.flat().length, "sample")];
  const doubt = noisy ? undefined : doubtOf(summary);
  if (doubt !== undefined) facts.push(doubt);
  const kept = heap && `heap over ${counted(heap.runs, "run")}: ${bytes(heap.kept)} kept and ${bytes(heap.allocated)} allocated per run`;
  return [`  ${contender}: ${facts.join("; ")}`, ...(kept === undefined ? [] : [`  ${contender}: ${kept}`])];
}

/** What the noise forbids to say of a contender beside the fastest; undefined where it forbids nothing. */
export function doubtOf({ verdict, wide, ratio }: Summary): string | undefined {
  if (ratio.confidence < 0.95) return "too few rounds for a verdict";
  if (verdict === "unclear") return "too noisy for a verdict";
  if (wide) return "too noisy to say by how much";
  return verdict === "alike" && ratio.value !== 1 ? "as fast as the fastest, within the noise" : undefined;
}

/** Why a noisy machine is called so. */
export function noiseText({ peaks }: Result, limit: number): string {
  const slow = `${quantile(peaks, 0.25).toFixed(1)} of ${limit.toFixed(1)} GFLOP/s`;
  return `the machine was too noisy for a verdict: for a quarter of the time its peak loop ran at ${slow} or less, under ${percent(steady)}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

/** The first `left` columns flush left, figures flush right. */
export function aligned(rows: readonly (readonly string[])[], left = 1): string[] {
  const widths = rows.reduce<number[]>((all, row) => row.map((cell, c) => Math.max(all[c] ?? 0, cell.length)), []);
  const pad = (cell: string, c: number): string => (c < left ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!));
  return rows.map((row) => `  ${row.map(pad).join("  ")}`.trimEnd());
}
