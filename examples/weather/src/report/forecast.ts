// Forecast against truth, day by day over the test.
import type { Results } from "../results.ts";
import { frameOf, monthAxis, overTime, vertical, verticalAxis, type Frame } from "./frame.ts";
import type { Plot } from "./plot.ts";
import { escape, line, px, tag } from "./svg.ts";
import { testDays, type TestDay } from "./testDays.ts";

export function forecastPlot(results: Results): Plot {
  const days = testDays(results);
  const { mae } = results.model;
  return {
    id: "forecast",
    title: "Forecast and truth",
    description: `Maximum temperature of each test day in °C, forecast the day before. The forecast is off by ${mae.toFixed(2)} °C on average.`,
    legend: { truth: "what came", model: "forecast" },
    draw(size) {
      const frame = frameOf(size);
      const x = overTime(frame, days[0]!.date, days.at(-1)!.date);
      const temperatures = days.flatMap(({ truth, forecast }) => [truth, forecast]);
      const y = vertical(frame, [Math.min(...temperatures), Math.max(...temperatures)]);
      const curve = (of: "truth" | "forecast", cls: string): string =>
        line(
          days.map((day) => [x(day.date), y(day[of])]),
          cls,
        );
      const band = (frame.right - frame.left) / (days.length - 1);
      const place = (day: TestDay): Place => ({ x: x(day.date), truth: y(day.truth), forecast: y(day.forecast), band, frame });
      return [
        verticalAxis(y, frame),
        monthAxis(x, frame),
        curve("truth", "truth"),
        curve("forecast", "model"),
        ...(size.name === "wide" ? days.map((day) => lens(day, place(day))) : []),
      ].join("");
    },
  };
}

interface Place {
  readonly x: number;
  readonly truth: number;
  readonly forecast: number;
  readonly band: number;
  readonly frame: Frame;
}

/** Invisible until the pointer is over the day; then it shows the day's numbers. */
function lens({ day, truth, forecast }: TestDay, at: Place): string {
  const { x, band, frame } = at;
  const numbers = `${day}   truth ${truth.toFixed(1)}   forecast ${forecast.toFixed(1)} °C`;
  return tag(
    "g",
    { class: "lens" },
    tag("rect", { x: px(x - band / 2), y: frame.top, width: px(band), height: frame.bottom - frame.top }),
    tag("line", { x1: px(x), x2: px(x), y1: frame.top, y2: frame.bottom }),
    tag("circle", { class: "truth", cx: px(x), cy: px(at.truth), r: 3.5 }),
    tag("circle", { class: "model", cx: px(x), cy: px(at.forecast), r: 3.5 }),
    tag("text", { x: frame.right, y: frame.top + 4, "text-anchor": "end" }, escape(numbers)),
  );
}
