// What the forecast got wrong: how much and how often, and when.
import type { Results } from "../results.ts";
import { frameOf, horizontal, horizontalAxis, monthAxis, overTime, vertical, verticalAxis } from "./frame.ts";
import type { Plot } from "./plot.ts";
import { px, tag } from "./svg.ts";
import { testDays } from "./testDays.ts";

/** Width of a bar of the histogram, in °C. */
const bin = 1;

export function histogramPlot(results: Results): Plot {
  const residuals = testDays(results).map(({ residual }) => residual);
  const bins = histogram(residuals);
  const near = residuals.filter((residual) => Math.abs(residual) <= 2).length;
  return {
    id: "histogram",
    title: "How far off it was",
    description: `Test days by residual, forecast less truth, in steps of ${bin} °C. ${Math.round((100 * near) / residuals.length)}\u00A0% of the days are within 2 °C.`,
    legend: { bars: "days" },
    draw(size) {
      const frame = frameOf(size);
      const reach = Math.max(...bins.map(({ from }) => Math.max(-from, from + bin)));
      const x = horizontal(frame, [-reach, reach]);
      const y = vertical(frame, [0, Math.max(...bins.map(({ days }) => days))]);
      const bar = ({ from, days }: Bin): string =>
        tag("rect", {
          class: "bars",
          x: px(x(from) + 1),
          y: px(y(days)),
          width: px(x(bin) - x(0) - 2),
          height: px(y(0) - y(days)),
          rx: 1.5,
        });
      return [
        verticalAxis(y, frame),
        horizontalAxis(
          x.ticks(size.name === "wide" ? 10 : 6).map((value) => [x(value), signed(value)]),
          frame,
        ),
        ...bins.map(bar),
      ].join("");
    },
  };
}

export function residualPlot(results: Results): Plot {
  const days = testDays(results);
  const bias = days.reduce((sum, { residual }) => sum + residual, 0) / days.length;
  return {
    id: "residuals",
    title: "When it was off",
    description: `Residual of each test day in °C: above the line the forecast was too warm, below it too cold. The mean is ${signed(bias, 2)} °C.`,
    legend: { bars: "forecast less truth" },
    draw(size) {
      const frame = frameOf(size);
      const x = overTime(frame, days[0]!.date, days.at(-1)!.date);
      const reach = Math.max(...days.map(({ residual }) => Math.abs(residual)));
      const y = vertical(frame, [-reach, reach]);
      const width = Math.max(1, ((frame.right - frame.left) / days.length) * 0.7);
      const bar = (date: Date, residual: number): string =>
        tag("rect", {
          class: "bars",
          x: px(x(date) - width / 2),
          width: px(width),
          y: px(y(Math.max(0, residual))),
          height: px(Math.abs(y(residual) - y(0))),
        });
      return [verticalAxis(y, frame, signed), monthAxis(x, frame), ...days.map(({ date, residual }) => bar(date, residual))].join("");
    },
  };
}

interface Bin {
  /** Its lower end. */
  readonly from: number;
  readonly days: number;
}

function histogram(values: readonly number[]): Bin[] {
  const lowest = Math.floor(Math.min(...values) / bin);
  const highest = Math.floor(Math.max(...values) / bin);
  return Array.from({ length: highest - lowest + 1 }, (_, i) => {
    const from = (lowest + i) * bin;
    return { from, days: values.filter((value) => value >= from && value < from + bin).length };
  });
}

/** "+1", "0", "−1" */
function signed(value: number, digits: number = 0): string {
  const size = Math.abs(value).toFixed(digits);
  return value === 0 ? size : `${value > 0 ? "+" : "−"}${size}`;
}
