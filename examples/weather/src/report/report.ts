// The run as one HTML page that needs nothing else: no network, no script, light or dark as the reader has it.
import type { Results } from "../results.ts";
import { steps } from "../windows.ts";
import { forecastPlot } from "./forecast.ts";
import { lossPlot } from "./losses.ts";
import { figure } from "./plot.ts";
import { histogramPlot, residualPlot } from "./residuals.ts";
import { style } from "./style.ts";
import { escape, tag } from "./svg.ts";
import { dayTable, epochTable, facts, scoreTable } from "./tables.ts";

/** The whole page. */
export function report(results: Results): string {
  return `<!doctype html>\n${tag("html", { lang: "en" }, head(), tag("body", {}, tag("main", {}, ...sections(results))))}\n`;
}

const title = "Tomorrow's maximum temperature in Seattle";

function head(): string {
  return tag(
    "head",
    {},
    `<meta charset="utf-8">`,
    `<meta name="viewport" content="width=device-width, initial-scale=1">`,
    `<meta name="color-scheme" content="light dark">`,
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    tag("title", {}, escape(title)),
    tag("style", {}, style),
  );
}

function sections(results: Results): string[] {
  return [
    tag("header", {}, tag("h1", {}, escape(title)), tag("p", {}, escape(lead(results)))),
    scoreTable(results),
    ...[forecastPlot, lossPlot, histogramPlot, residualPlot].map((plot) => figure(plot(results))),
    tag("section", {}, tag("h2", {}, "The run"), facts(results), epochTable(results), dayTable(results)),
  ];
}

function lead({ model, baselines, data }: Results): string {
  const { from, to } = data.parts.test;
  const persistence = baselines[0]!;
  const gain = 100 * (1 - model.mae / persistence.mae);
  const verdict = `${Math.abs(gain).toFixed(1)}\u00A0% ${gain < 0 ? "worse" : "better"} than saying that tomorrow is as today`;
  return `${model.name} forecast from the last ${steps} days. Over ${to - from} days that it never saw it is off by ${model.mae.toFixed(2)} °C on average: ${verdict}.`;
}
