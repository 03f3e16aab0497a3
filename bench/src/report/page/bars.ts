// One workload: the time of each contender as a bar from 0, with its interval; the fastest first.
import { bars, type Figure } from "@sluice/report";
import { isNoisy, type Summary, summaries } from "../../measure/summary.ts";
import { ends, time, times } from "../format.ts";
import type { Result } from "../../measure/run.ts";
import { noiseText } from "../table.ts";
import { barsId } from "./barsId.ts";
import { nameOf, numbers } from "./tables.ts";

/** Bars longer than so many of the fastest are cut: linear, they would leave nothing to see of the others. */
const cut = 10;

/** The figure, a line for each contender that was not timed, and the numbers behind it. */
export function timeBars(result: Result, limit: number): Figure {
  const all = summaries(result, limit);
  return bars({
    id: barsId(result.name),
    title: result.name,
    description: result.help,
    bars: all.map((one, i) => ({
      label: nameOf(one.row),
      value: one.ms,
      low: one.interval.low,
      high: one.interval.high,
      note: i === 0 ? "fastest" : ratioText(one),
      strong: one.row.kind === "backend",
    })),
    format: time,
    cut,
    warnings: isNoisy(result, limit) ? [`${noiseText(result, limit).replace(/^t/, "T")}.`] : [],
    notes: result.rows.flatMap(({ contender, reason }) => (reason === undefined ? [] : [`${contender}: ${reason}`])),
    ...(all.length === 0 ? {} : { table: numbers(all) }),
  });
}

/** "1.22× [1.13, 1.26]", and a question mark where that is too noisy. */
function ratioText({ ratio, verdict, wide }: Summary): string {
  return `${times(ratio.value)} ${ends(ratio)}${verdict === "unclear" || wide ? " ?" : ""}`;
}
