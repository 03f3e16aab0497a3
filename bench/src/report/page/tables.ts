// The numbers behind the plots.
import { type Cell, table, type Table } from "@sluice/report";
import type { Change } from "../../measure/compare.ts";
import type { Reach } from "../../measure/reach.ts";
import { type Summary, summaries } from "../../measure/summary.ts";
import { reachCells } from "../reach.ts";
import { ratios } from "../comparison.ts";
import { bytes, ends, figures, mebibytes, percent, time } from "../format.ts";
import type { Result, Run } from "../../measure/run.ts";
import { doubtOf } from "../table.ts";
import { barsId } from "./barsId.ts";
import type { Palette } from "./palette.ts";

/** Workloads down, contenders across: times the fastest, which is named by its time. */
export function overview(run: Run, { contenders }: Palette): Table {
  return table({
    columns: ["workload", "fastest", ...contenders],
    rows: run.results.map((result) => {
      const all = summaries(result, run.limit);
      const cells = contenders.map((contender) => ratioCell(all, contender, reasonOf(result, contender)));
      return [{ text: result.name, to: barsId(result.name) }, all[0] === undefined ? "" : time(all[0].ms), ...cells];
    }),
  });
}

function ratioCell(all: readonly Summary[], contender: string, reason: string): Cell {
  const at = all.findIndex(({ row }) => row.contender === contender);
  const one = all[at];
  if (one === undefined) return { text: "–", hint: reason, tone: "soft" };
  const doubt = doubtOf(one);
  const isBest = at === 0 || one.verdict === "alike";
  return {
    text: `${at === 0 ? "1" : figures(one.ratio.value)}${doubt === undefined || isBest ? "" : " ?"}`,
    hint: `${time(one.ms)}, ${ends(one.ratio)}${doubt === undefined ? "" : `, ${doubt}`}`,
    strong: isBest,
  };
}

function reasonOf({ rows }: Result, contender: string): string {
  return rows.find((row) => row.contender === contender)?.reason ?? "took no part";
}

/** All there is to know of one workload, folded. */
export function numbers(all: readonly Summary[]): Table {
  return table({
    title: "All numbers",
    folded: true,
    columns: ["", ...columns.map(([name]) => name)],
    rows: all.map((one) => [nameOf(one.row), ...columns.map(([, of]) => of(one))]),
  });
}

/** "workers ×2" where several threads compute. */
export function nameOf({ contender, threads }: Summary["row"]): string {
  return (threads ?? 1) > 1 ? `${contender} ×${threads}` : contender;
}

const columns: readonly (readonly [name: string, of: (summary: Summary) => string])[] = [
  ["what ran", ({ row }) => [row.version, row.executor].filter((part) => part !== undefined).join(", ")],
  ["median", ({ ms }) => time(ms)],
  ["interval", ({ interval }) => `${time(interval.low)} to ${time(interval.high)}`],
  ["spread", ({ spread }) => `±${(100 * spread).toFixed(1)} %`],
  ["× fastest", ({ ratio }) => `${figures(ratio.value)} ${ends(ratio)}`],
  ["GFLOP/s", ({ gflops }) => gflops.toFixed(2)],
  ["of limit", ({ share }) => known(share, percent)],
  ["memory", ({ memory }) => known(memory, mebibytes)],
  ["compile", ({ compileMs }) => known(compileMs, time)],
  ["first run", ({ firstMs }) => known(firstMs, time)],
  ["samples", ({ row }) => String(row.rounds.flat().length)],
  ["error", ({ row }) => row.distance?.toExponential(1) ?? ""],
  ["heap kept, per run", ({ row }) => (row.heap === undefined ? "" : bytes(row.heap.kept))],
  ["heap used, per run", ({ row }) => (row.heap === undefined ? "" : bytes(row.heap.allocated))],
];

/** Every target that the run can speak of. */
export function reach(reached: readonly Reach[]): Table {
  return table({
    columns: ["workload", "contender", "beside", "at most", "is", ""],
    rows: reached.map((one) => [...reachCells(one).slice(0, -1), judged(one.verdict, { met: "good", missed: "bad" })]),
  });
}

/** Against the baseline: what is the same is only counted. Undefined where all is. */
export function comparison(changes: readonly Change[]): Table | undefined {
  const told = changes.filter(({ change }) => change !== "same");
  if (told.length === 0) return undefined;
  return table({
    columns: ["workload", "contender", "", "before", "now", "factor", "measured by"],
    rows: told.map((one) => [
      one.workload,
      one.contender,
      judged(one.change, { better: "good", worse: "bad" }),
      ...ratios(one),
      one.anchor,
    ]),
  });
}

function judged(text: string, tones: Readonly<Record<string, "good" | "bad">>): Cell {
  const tone = tones[text];
  return { text, ...(tone === undefined ? {} : { tone }) };
}

function known(value: number, format: (value: number) => string): string {
  return Number.isNaN(value) ? "" : format(value);
}
