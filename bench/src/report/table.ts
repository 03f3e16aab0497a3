// One workload as a table for the terminal.
import { roundMedians, type Row } from "../measure/race.ts";
import { median, type Ratio, ratio, spread } from "../measure/statistics.ts";
import type { AnyWorkload } from "../workloads/workload.ts";

/** Lines of at most some 110 columns. Ratios are to the first backend of ours that was timed, otherwise to the first contender. */
export function table(workload: AnyWorkload, rows: readonly Row[]): string {
  const timed = rows.filter(({ rounds }) => rounds !== undefined);
  const base = timed.find(({ kind }) => kind === "backend") ?? timed[0];
  const head = ["", "median", "spread", base === undefined ? "" : `time / ${base.contender}`, "GFLOP/s", "first", "compile", "runs"];
  const lines = timed.map((row) => cells(row, base!, workload.flops));
  return [
    workload.name,
    `  ${workload.help}`,
    ...(lines.length > 0 ? aligned([head, ...lines]) : []),
    ...rows.filter(({ reason }) => reason !== undefined).map(({ contender, reason }) => `  ${contender}: ${reason}`),
    ...notes(timed),
    "",
  ].join("\n");
}

function cells(row: Row, base: Row, flops: number): string[] {
  const samples = row.rounds!.flat();
  return [
    row.contender,
    time(median(samples)),
    `±${(100 * spread(samples)).toFixed(1)} %`,
    row === base ? "1" : interval(ratio(roundMedians(row), roundMedians(base))),
    (flops / median(samples) / 1e6).toFixed(2),
    time(row.firstMs!),
    row.compileMs === undefined ? "" : time(median(row.compileMs)),
    `${samples.length}`,
  ];
}

/** What is worth a line: who really ran, how far answers were apart, noise, and the heap. */
function notes(timed: readonly Row[]): string[] {
  return timed.flatMap(({ contender, version, executor, nearest, rounds, compileMs, heap }) => {
    const agreed = nearest === undefined ? "compared with nobody" : `${nearest.toExponential(1)} from the nearest other answer`;
    const facts = [`${version}${executor === undefined ? "" : `, ${executor}`}`, agreed];
    if (compileMs !== undefined && compileMs.length > 1) facts.push(`compiled in ${compileMs.length} fresh processes, ${range(compileMs)}`);
    if (spread(rounds!.flat()) > tooNoisy) facts.push("too noisy for a verdict on small differences");
    const kept = heap && `heap over ${heap.runs} runs: ${bytes(heap.kept)} kept and ${bytes(heap.allocated)} allocated per run`;
    return [`  ${contender}: ${facts.join("; ")}`, ...(kept === undefined ? [] : [`  ${contender}: ${kept}`])];
  });
}

const tooNoisy = 0.1;

function interval({ value, low, high, confidence }: Ratio): string {
  return `${figures(value)} [${figures(low)}, ${figures(high)}]${confidence < 0.95 ? ` ${Math.floor(100 * confidence)} %` : ""}`;
}

function range(values: readonly number[]): string {
  return `${time(Math.min(...values))} to ${time(Math.max(...values))}`;
}

function bytes(count: number): string {
  return `${Math.round(count)} B`;
}

function time(ms: number): string {
  return ms < 0.1 ? `${figures(ms * 1000)} µs` : `${figures(ms)} ms`;
}

/** Three significant figures, more where the whole part has them. */
function figures(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** Names flush left, figures flush right. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>((all, row) => row.map((cell, c) => Math.max(all[c] ?? 0, cell.length)), []);
  const pad = (cell: string, c: number): string => (c === 0 ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!));
  return rows.map((row) => `  ${row.map(pad).join("  ")}`.trimEnd());
}
