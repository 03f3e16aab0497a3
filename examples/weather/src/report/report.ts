// The run as one HTML page that needs nothing else.
import { page } from "@sluice/report";
import type { Results } from "../results.ts";
import { steps } from "../windows.ts";
import { forecastFigure, learningFigure, residualFigure } from "./figures.ts";
import { dayTable, runFacts, scoreTable } from "./tables.ts";

/** The whole page. */
export function report(results: Results): string {
  return page({
    title: "Tomorrow's maximum temperature in Seattle",
    lead: lead(results),
    sections: [
      { content: [scoreTable(results), forecastFigure(results), learningFigure(results), residualFigure(results)] },
      { title: "The run", content: [runFacts(results), dayTable(results)] },
    ],
  });
}

function lead({ model, baselines, data }: Results): string {
  const { from, to } = data.parts.test;
  const persistence = baselines[0]!;
  const gain = 100 * (1 - model.mae / persistence.mae);
  const verdict = `${Math.abs(gain).toFixed(1)}\u00A0% ${gain < 0 ? "worse" : "better"} than saying that tomorrow is as today`;
  return `${model.name} forecast from the last ${steps} days. Over ${to - from} days that it never saw it is off by ${model.mae.toFixed(2)}\u00A0°C on average: ${verdict}.`;
}
