// The numbers behind the plots.
import type { Change } from "../../measure/compare.ts";
import type { Reach } from "../../measure/reach.ts";
import { type Summary, summaries } from "../../measure/summary.ts";
import { reachCells, reachSummary } from "../reach.ts";
import { ratios, summary } from "../comparison.ts";
import { bytes, ends, figures, mebibytes, percent, time } from "../format.ts";
import type { Result, Run } from "../../measure/run.ts";
import { doubtOf } from "../table.ts";
import { tag, text } from "./markup.ts";
import type { Palette } from "./palette.ts";

/** Workloads down, contenders across: times the fastest, which is named by its time. */
export function overview(run: Run, palette: Palette): string {
  const contenders = [...palette.keys()];
  const head = ["workload", "fastest", ...contenders];
  const rows = run.results.map((result) => {
    const all = summaries(result, run.limit);
    const cells = contenders.map((contender) => ratioCell(all, contender, reasonOf(result, contender)));
    const fastest = all[0] === undefined ? "" : time(all[0].ms);
    return tag(
      "tr",
      {},
      tag("th", { scope: "row" }, tag("a", { href: `#bars-${result.name}` }, text(result.name))),
      cell(fastest),
      ...cells,
    );
  });
  return scrolled(tag("table", { class: "overview" }, tag("thead", {}, header(head)), tag("tbody", {}, ...rows)));
}

function ratioCell(all: readonly Summary[], contender: string, reason: string): string {
  const at = all.findIndex(({ row }) => row.contender === contender);
  const one = all[at];
  if (one === undefined) return tag("td", { class: "none", title: reason }, "–");
  const doubt = doubtOf(one);
  const value = `${at === 0 ? "1" : figures(one.ratio.value)}${doubt === undefined ? "" : at === 0 || one.verdict === "alike" ? "" : " ?"}`;
  const told = `${time(one.ms)}, ${ends(one.ratio)}${doubt === undefined ? "" : `, ${doubt}`}`;
  return tag("td", { class: at === 0 || one.verdict === "alike" ? "best" : undefined, title: told }, text(value));
}

function reasonOf({ rows }: Result, contender: string): string {
  return rows.find((row) => row.contender === contender)?.reason ?? "took no part";
}

/** All there is to know of one workload, folded. */
export function numbers(all: readonly Summary[]): string {
  const head = ["", ...columns.map(([name]) => name)];
  const rows = all.map((one) =>
    tag("tr", {}, tag("th", { scope: "row" }, text(nameOf(one.row))), ...columns.map(([, of]) => cell(of(one)))),
  );
  const table = tag("table", {}, tag("thead", {}, header(head)), tag("tbody", {}, ...rows));
  return tag("details", {}, tag("summary", {}, "All numbers"), scrolled(table));
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
export function reach(reached: readonly Reach[]): string {
  const head = ["workload", "contender", "beside", "at most", "is", ""];
  const rows = reached.map((one) => {
    const [workload = "", ...rest] = reachCells(one);
    return tag("tr", { class: one.verdict }, tag("th", { scope: "row" }, text(workload)), ...rest.map(cell));
  });
  const table = tag("table", {}, tag("thead", {}, header(head)), tag("tbody", {}, ...rows));
  return tag("p", {}, text(`${reachSummary(reached)}.`)) + scrolled(table);
}

/** Against the baseline: what is the same is only counted. */
export function comparison(changes: readonly Change[]): string {
  const head = ["workload", "contender", "", "before", "now", "factor", "measured by"];
  const rows = changes
    .filter(({ change }) => change !== "same")
    .map((one) =>
      tag(
        "tr",
        { class: one.change },
        tag("th", { scope: "row" }, text(one.workload)),
        ...[one.contender, one.change, ...ratios(one), one.anchor].map(cell),
      ),
    );
  const table = tag("table", {}, tag("thead", {}, header(head)), tag("tbody", {}, ...rows));
  return tag("p", {}, text(`${summary(changes)}.`)) + (rows.length === 0 ? "" : scrolled(table));
}

function known(value: number, format: (value: number) => string): string {
  return Number.isNaN(value) ? "" : format(value);
}

function header(names: readonly string[]): string {
  return tag("tr", {}, ...names.map((name) => tag("th", { scope: "col" }, text(name).replace("@", "<wbr>@"))));
}

function cell(plain: string): string {
  return tag("td", {}, text(plain));
}

/** Wider than a phone, it scrolls by itself. */
function scrolled(table: string): string {
  return tag("div", { class: "scrolled", tabindex: 0 }, table);
}
