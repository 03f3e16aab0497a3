// A run as one HTML page that needs nothing else.
import { type Content, page, type Section } from "@sluice/report";
import type { Change } from "../../measure/compare.ts";
import { reachOf } from "../../measure/reach.ts";
import { isNoisy } from "../../measure/summary.ts";
import { targets } from "../../targets.ts";
import { summary } from "../comparison.ts";
import { machineText, type Run } from "../../measure/run.ts";
import { reachSummary } from "../reach.ts";
import { timeBars } from "./bars.ts";
import { curves } from "./curves.ts";
import { measureDots } from "./measures.ts";
import { paletteOf } from "./palette.ts";
import { runFacts } from "./runFacts.ts";
import { comparison, overview, reach } from "./tables.ts";

/** The whole page; with what changed since a baseline, where there was one. */
export function benchPage(run: Run, changes?: readonly Change[]): string {
  return page({ title: "Sluice beside the others", lead: lead(run), sections: sections(run, changes), width: 1080 });
}

function sections(run: Run, changes: readonly Change[] | undefined): Section[] {
  const palette = paletteOf(run);
  const reached = reachOf(run, targets);
  return [
    { id: "summary", title: "Times the fastest", lead: summaryNote, content: run.results.length === 0 ? [] : [overview(run, palette)] },
    {
      id: "targets",
      title: "Targets",
      lead: targetsNote,
      content: reached.length === 0 ? [] : [`${reachSummary(reached)}.`, reach(reached)],
    },
    { id: "changes", title: "Since the baseline", lead: changesNote, content: changes === undefined ? [] : changed(changes) },
    { id: "times", title: "Time of one run", lead: timesNote, content: run.results.map((result) => timeBars(result, run.limit)) },
    { id: "limits", title: "Limits, memory, compiling", lead: limitsNote, content: measureDots(run, palette) },
    { id: "curves", title: "Cost over size", content: curves(run, palette) },
    { id: "run", title: "The run", content: [runFacts(run)] },
  ];
}

function changed(changes: readonly Change[]): Content[] {
  const told = comparison(changes);
  return [`${summary(changes)}.`, ...(told === undefined ? [] : [told])];
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
