// Whether intervals hold the truth as often as they should.
import { listOf, optionsOf, required, type Table as OptionTable } from "@sluice/nn/kit";
import { seriesColour } from "../colour/palette.ts";
import { scatterPanel } from "../panels/scatterPanel.ts";
import { table } from "../tables/table.ts";
import { countOf, grouped, listed, percent } from "../values/format.ts";
import { readList } from "../values/read.ts";
import { numbers } from "../values/rules.ts";
import { figure, type Figure, type FigureOptions, figureTable, type Numbers } from "./figure.ts";
import { type Interval, intervalRule, readIntervals } from "./forecast.ts";

const share = (value: number): string => percent(value, 0);

export interface CoverageOptions extends FigureOptions {
  readonly truth: Numbers;
  readonly intervals: readonly Interval[];
}

const coverageTable = {
  ...figureTable,
  truth: required(numbers),
  intervals: required(listOf(intervalRule)),
} satisfies OptionTable<CoverageOptions>;

/**
 * How often the truth lies in intervals, by how often it should; the band holds what chance alone does to one that is calibrated: 1.96 binomial standard errors.
 *
 * Throws SHAPE_MISMATCH for ends of another length than the truth, INVALID_ARGUMENT for levels that are not within 0 and 1. Cases whose truth or ends are not finite do not count, and are told.
 */
export function coverage(options: CoverageOptions): Figure {
  const given = optionsOf<CoverageOptions, typeof coverageTable>("coverage", coverageTable, options);
  const truth = readList("coverage", "truth", given.truth);
  const rows = readIntervals("coverage", given.intervals, truth.length)
    .toReversed()
    .map(({ level, low, high }) => {
      const known = truth.flatMap((value, i) =>
        [value, low[i], high[i]].every(Number.isFinite) ? [value >= (low[i] ?? 0) && value <= (high[i] ?? 0)] : [],
      );
      const hits = known.filter(Boolean).length;
      return { level, hits, count: known.length, came: hits / known.length, reach: 1.96 * Math.sqrt((level * (1 - level)) / known.length) };
    });
  const counted = rows.filter(({ count }) => count > 0);
  const count = Math.max(0, ...counted.map((row) => row.count)),
    lost = rows.some((row) => row.count < truth.length);
  const band = Array.from({ length: count === 0 ? 0 : 41 }, (_, i) => {
    const [x, reach] = [i / 40, 1.96 * Math.sqrt(((i / 40) * (1 - i / 40)) / count)];
    return { x, low: Math.max(0, x - reach), high: Math.min(1, x + reach) };
  });
  const points = counted.map(({ level, came, hits, count: of }) => ({
    x: level,
    y: came,
    title: `${share(level)} intervals hold ${percent(came)}: ${grouped(hits)} of ${grouped(of)}`,
  }));
  const scatter = {
    points,
    domain: [0, 1] as const,
    diagonal: true,
    r: 4.5,
    band,
    xName: "should hold",
    yName: "hold",
    xFormat: share,
    yFormat: share,
  };
  return figure(given, {
    description: coverageSentence(counted, count),
    legend:
      points.length === 0
        ? []
        : [
            { text: "how many they hold", mark: "dot", colour: seriesColour(0) },
            { text: "what chance does", mark: "band", colour: seriesColour(0) },
            { text: "as said", mark: "rule" },
          ],
    warnings: lost ? ["Cases whose truth or interval is not finite do not count."] : [],
    columns: 2,
    panels: [{ draw: (size, label) => scatterPanel(scatter, size, label) }],
    table: counted.length === 0 ? undefined : numbersOf(counted),
  });
}

function numbersOf(all: readonly Covered[]): ReturnType<typeof table> {
  return table({
    title: "The numbers",
    folded: true,
    columns: ["should hold", "holds", "cases", "chance", "calibrated"],
    rows: all.map(({ level, came, count: of, reach }) => [
      share(level),
      percent(came),
      grouped(of),
      `±${percent(reach)}`,
      { text: Math.abs(came - level) <= reach ? "yes" : "no", tone: Math.abs(came - level) <= reach ? "good" : "bad" },
    ]),
  });
}

interface Covered {
  readonly count: number;
  readonly level: number;
  readonly came: number;
  readonly reach: number;
}

function coverageSentence(all: readonly Covered[], count: number): string {
  if (all.length === 0) return "";
  const off = all.filter(({ came, level, reach }) => Math.abs(came - level) > reach);
  const each = all.length > 3 ? "" : `${all.map(({ level, came }) => `${share(level)} intervals hold ${percent(came)}`).join(", ")}. `;
  const which =
    off.length === 0 ? "All are" : off.length === all.length ? "None is" : `All but ${listed(off.map(({ level }) => share(level)))} are`;
  return `${each}${which} within what chance does in ${countOf(count, "case")}.`;
}
