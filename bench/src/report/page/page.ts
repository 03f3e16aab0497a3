// A run as one HTML page that needs nothing else: no network, no script, light or dark as the reader has it.
import type { Change } from "../../measure/compare.ts";
import { reachOf } from "../../measure/reach.ts";
import { isNoisy } from "../../measure/summary.ts";
import { targets } from "../../targets.ts";
import { percent, time } from "../format.ts";
import { machineText, type Run } from "../../measure/run.ts";
import { bars } from "./bars.ts";
import { curves } from "./curves.ts";
import { dots, type Measure } from "./dots.ts";
import { facts } from "./facts.ts";
import { tag, text } from "./markup.ts";
import { type Palette, paletteOf } from "./palette.ts";
import { style } from "./style.ts";
import { comparison, overview, reach } from "./tables.ts";

/** The whole page; with what changed since a baseline, where there was one. */
export function page(run: Run, changes?: readonly Change[]): string {
  return `<!doctype html>\n${tag("html", { lang: "en" }, head(), tag("body", {}, tag("main", {}, ...sections(run, paletteOf(run), changes))))}\n`;
}

const title = "Sluice beside the others";

function head(): string {
  return tag(
    "head",
    {},
    `<meta charset="utf-8">`,
    `<meta name="viewport" content="width=device-width, initial-scale=1">`,
    `<meta name="color-scheme" content="light dark">`,
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    tag("title", {}, text(title)),
    tag("style", {}, style),
  );
}

function sections(run: Run, palette: Palette, changes: readonly Change[] | undefined): string[] {
  const { results, limit } = run;
  const reached = reachOf(run, targets);
  return [
    tag("header", {}, tag("h1", {}, text(title)), ...lead(run).map((line) => tag("p", {}, text(line)))),
    section("summary", "Times the fastest", summaryNote, overview(run, palette)),
    reached.length === 0 ? "" : section("targets", "Targets", targetsNote, reach(reached)),
    changes === undefined ? "" : section("changes", "Since the baseline", changesNote, comparison(changes)),
    section("times", "Time of one run", timesNote, ...results.map((result) => bars(result, limit))),
    section("limits", "Limits, memory, compiling", limitsNote, ...measures.map((measure) => dots(run, palette, measure))),
    section("curves", "Cost over size", "", ...curves(run, palette)),
    section("run", "The run", "", facts(run)),
  ];
}

/** A section without content is none. */
function section(id: string, name: string, note: string, ...content: readonly string[]): string {
  if (content.every((part) => part === "")) return "";
  return tag("section", { id }, tag("h2", {}, text(name)), note === "" ? "" : tag("p", { class: "lead" }, text(note)), ...content);
}

function lead(run: Run): string[] {
  const { results, machine, date, limit, interrupted } = run;
  const noisy = results.filter((result) => isNoisy(result, limit)).map(({ name }) => name);
  return [
    `${results.length} workloads on ${machineText(machine)}, ${date.slice(0, 10)}. Every answer was compared with a float64 oracle before it was timed.`,
    ...(interrupted ? ["The run was ended early: what is missing was not measured."] : []),
    ...(noisy.length > 0 ? [`The machine was too noisy for a verdict on ${noisy.join(", ")}.`] : []),
  ];
}

const summaryNote =
  "How many times as long as the fastest; bold is the fastest, and what cannot be told from it. A question mark: too noisy for a verdict. A dash: not timed, its reason stands below.";
const targetsNote =
  "At most so many times the time of another in the same run, or so much more. Met or missed where the whole interval lies on that side, otherwise the run cannot tell.";
const changesNote = "Ratios of this run beside those of the baseline. Only what lies apart by more than both intervals is better or worse.";
const timesNote =
  "Median of all samples, runs awaited to their end, and the interval that holds the true median in 95 of 100 such runs; then how many times as long as the fastest, with its interval. Bars of more than ten times the fastest are cut.";
const limitsNote = "A line for each workload, on scales of decades. Dots are backends of Sluice, rings are peers.";

const measures: readonly Measure[] = [
  {
    id: "share",
    title: "Share of the machine's limit",
    description:
      "Of what the peak loop does on as many threads, in plain WebAssembly SIMD. Native code has wider registers, and may pass 100 %.",
    of: ({ share }) => share,
    format: percent,
    mark: [1, "the limit"],
  },
  {
    id: "memory",
    title: "Peak memory",
    description: "By how much a fresh process grew at its largest, since before the library was loaded; for a page, those of its browser.",
    of: ({ memory }) => memory / 2 ** 20,
    format: (value) => `${Number(value.toPrecision(3))} MiB`,
  },
  {
    id: "compile",
    title: "Compile time",
    description: "From the function or the model to something that runs, in fresh processes. Libraries without such a stage have no mark.",
    of: ({ compileMs }) => compileMs,
    format: time,
  },
  {
    id: "first",
    title: "First run",
    description: "The first run after compiling, cold, in fresh processes.",
    of: ({ firstMs }) => firstMs,
    format: time,
  },
];
