// How often values are how large.
import * as Plot from "@observablehq/plot";
import { seriesColour } from "../colour/palette.ts";
import { axisOf } from "../drawing/axis.ts";
import { drawn } from "../drawing/drawn.ts";
import { heightOf, type Size } from "../drawing/size.ts";
import { axisNames, countFor, horizontalAxis, roomFor, verticalAxis } from "../drawing/marks.ts";
import { compact, grouped } from "../values/format.ts";
import type { Bin } from "../values/statistics.ts";
import type { Format } from "../values/rules.ts";

export interface HistogramPanel {
  readonly bins: readonly Bin[];
  readonly format?: Format | undefined;
  readonly xName?: string | undefined;
  readonly yName?: string | undefined;
  /** Where the axis begins and ends; default with the bins. */
  readonly domain?: readonly [number, number];
}

export function histogramPanel(
  { bins, format = compact, xName, yName, domain }: HistogramPanel,
  size: Size,
  label: string,
): string | undefined {
  const y = axisOf([0, ...bins.map(({ count }) => count)], { count: 5 });
  const x = axisOf(domain ?? bins.flatMap(({ from, to }) => [from, to]), {
    count: countFor(size.width - 60, "1,000"),
    format,
    nice: false,
  });
  if (bins.length === 0 || x === undefined || y === undefined) return undefined;
  const title = ({ from, to, count }: Bin): string => `${format(from)} to ${format(to)}: ${grouped(count)}`;
  const whole = { ...y, ticks: y.ticks.filter(Number.isInteger), format: (value: number) => grouped(value) };
  return drawn(size, label, {
    ...roomFor(whole, { x: xName, y: yName }),
    height: heightOf(size),
    x: { type: "linear", domain: [...x.domain] },
    y: { type: "linear", domain: [0, y.domain[1]] },
    marks: [
      ...verticalAxis(whole),
      ...horizontalAxis(x),
      ...axisNames(xName, yName),
      Plot.rectY(bins, {
        x1: "from",
        x2: "to",
        y: "count",
        fill: seriesColour(0),
        fillOpacity: 0.85,
        insetLeft: 0.5,
        insetRight: 0.5,
        rx: 1,
        title,
      }),
    ],
  });
}
