// How the time grows with one size, on scales of decades: a straight line is a power, the dashed one the first power.
import { type Figure, lines } from "@sluice/report";
import { summaries } from "../../measure/summary.ts";
import { short, time } from "../format.ts";
import type { Curve, Run } from "../../measure/run.ts";
import type { Palette } from "./palette.ts";

/** A figure for each family that was timed at two sizes or more. */
export function curves(run: Run, { contenders, peers }: Palette): Figure[] {
  return familiesOf(run).map(({ family, over, series }) =>
    lines({
      id: `curve-${family}`,
      title: family,
      description: `Time of one run as ${grows[over]}, on scales of decades: what runs beside the dashed line grows in proportion.`,
      series,
      palette: contenders,
      hollow: peers,
      xLabel: over,
      xScale: "log",
      yScale: "log",
      yFormat: (ms) => short(time(ms)),
      proportional: true,
      dots: true,
    }),
  );
}

const grows: Readonly<Record<Curve["over"], string>> = {
  steps: "the steps grow",
  batch: "the batch grows",
  units: "the units grow",
};

interface Family extends Pick<Curve, "family" | "over"> {
  /** By contender, in ascending order of the size. */
  readonly series: Readonly<Record<string, { readonly x: readonly number[]; readonly y: readonly number[] }>>;
}

function familiesOf({ results, limit }: Run): Family[] {
  const families = new Map<string, { over: Curve["over"]; lines: Map<string, { x: number[]; y: number[] }> }>();
  for (const result of results.filter(({ curve }) => curve !== undefined).toSorted((a, b) => a.curve!.at - b.curve!.at)) {
    const { family, over, at } = result.curve!;
    const { lines: own } = families.get(family) ?? families.set(family, { over, lines: new Map() }).get(family)!;
    for (const { row, ms } of summaries(result, limit)) {
      const { x, y } = own.get(row.contender) ?? own.set(row.contender, { x: [], y: [] }).get(row.contender)!;
      x.push(at);
      y.push(ms);
    }
  }
  return [...families]
    .map(([family, { over, lines: own }]) => ({ family, over, series: Object.fromEntries([...own].filter(([, { x }]) => x.length > 1)) }))
    .filter(({ series }) => Object.keys(series).length > 0);
}
