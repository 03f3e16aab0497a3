// Dots over two axes, with bars between two heights and straight lines where they are asked for.
import * as Plot from "@observablehq/plot";
import { seriesColour, soft } from "../colour/palette.ts";
import { axisOf } from "../drawing/axis.ts";
import { drawn } from "../drawing/drawn.ts";
import { heightOf, type Size } from "../drawing/size.ts";
import { axisNames, countFor, horizontalAxis, roomFor, timeAxis, verticalAxis } from "../drawing/marks.ts";
import type { Format } from "../values/rules.ts";

export interface ScatterPoint {
  readonly x: number;
  readonly y: number;
  readonly low?: number;
  readonly high?: number;
  readonly title?: string;
}

export interface ScatterPanel {
  readonly points: readonly ScatterPoint[];
  readonly isTime?: boolean;
  readonly xName?: string | undefined;
  readonly yName?: string | undefined;
  readonly xFormat?: Format | undefined;
  readonly yFormat?: Format | undefined;
  readonly r?: number;
  /** Both axes begin and end here. */
  readonly domain?: readonly [number, number];
  /** From corner to corner. */
  readonly diagonal?: boolean;
  /** Straight lines from each point to 0. */
  readonly stems?: boolean;
  readonly band?: readonly { readonly x: number; readonly low: number; readonly high: number }[];
  /** The vertical axis reaches as far above 0 as below it. */
  readonly balanced?: boolean;
}

export function scatterPanel(panel: ScatterPanel, size: Size, label: string): string | undefined {
  const { points, isTime = false, domain, balanced = false, band = [] } = panel;
  const drawable = points.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y));
  const heights = drawable.flatMap(({ y, low, high }) => [y, low ?? y, high ?? y]);
  const mirrored = balanced ? heights.flatMap((y) => [y, -y]) : heights;
  const y = axisOf(domain ?? mirrored, { count: 5, format: panel.yFormat });
  const x = axisOf(domain ?? drawable.map((point) => point.x), {
    count: countFor(size.width - 60, "1,000"),
    format: panel.xFormat,
    nice: domain === undefined,
  });
  if (x === undefined || y === undefined || drawable.length === 0) return undefined;
  const at = (point: { readonly x: number }): number | Date => (isTime ? new Date(point.x) : point.x);
  const title = drawable.some((point) => point.title !== undefined) ? { title: (point: ScatterPoint) => point.title ?? "" } : {};
  const corners = [domain ?? [0, 1]].flatMap(([low, high]) => [low, high]);
  const room = roomFor(y, { x: panel.xName, y: panel.yName, isTime });
  return drawn(size, label, {
    ...room,
    height: heightOf(size) + (panel.diagonal === true ? 60 : 0),
    x: isTime ? { type: "utc" } : { type: "linear", domain: [...x.domain] },
    y: { type: "linear", domain: [...y.domain] },
    marks: [
      ...verticalAxis(y),
      ...(isTime ? timeAxis(size.width) : horizontalAxis(x, panel.diagonal)),
      ...axisNames(panel.xName, panel.yName),
      Plot.areaY(band, { x: "x", y1: "low", y2: "high", fill: seriesColour(0), fillOpacity: 0.14 }),
      ...(panel.diagonal === true
        ? [Plot.line(corners, { x: (one: number) => one, y: (one: number) => one, stroke: soft, strokeDasharray: "4 4" })]
        : []),
      ...(panel.stems === true ? [Plot.ruleX(drawable, { x: at, y1: 0, y2: "y", stroke: seriesColour(0), strokeOpacity: 0.7 })] : []),
      Plot.ruleX(
        drawable.filter(({ low }) => low !== undefined),
        { x: at, y1: "low", y2: "high", stroke: seriesColour(0), strokeWidth: 1.5 },
      ),
      Plot.dot(drawable, {
        x: at,
        y: "y",
        r: panel.r ?? (panel.stems === true ? 2 : 2.5),
        fill: seriesColour(0),
        fillOpacity: drawable.length > 60 ? 0.7 : 1,
        ...title,
      }),
    ],
  });
}
