// What the page shows of the forecast: day by day, how it was learnt, and what it got wrong.
import { type Figure, forecast, residuals, trainingCurves } from "@sluice/report";
import type { Results } from "../results.ts";
import { testDays } from "./testDays.ts";

export function forecastFigure(results: Results): Figure {
  const days = testDays(results);
  return forecast({
    id: "forecast",
    title: "Forecast and truth",
    description: `Maximum temperature of each test day in °C, forecast the day before. The forecast is off by ${results.model.mae.toFixed(2)}\u00A0°C on average.`,
    truth: days.map(({ truth }) => truth),
    forecast: days.map(({ forecast: said }) => said),
    x: days.map(({ date }) => date),
    yLabel: "°C",
  });
}

export function learningFigure({ history, validationPersistence }: Results): Figure {
  const best = history.best!; // a report is of a run with an epoch
  return trainingCurves(history, {
    id: "losses",
    title: "Learning",
    description:
      `Mean absolute error of each epoch in °C. Training error is measured with dropout. Epoch ${best.epoch} was best on validation, ` +
      `${best["valMae"]!.toFixed(3)}\u00A0°C, and is the one that was kept.`,
    measures: ["mae"],
    rules: { mae: { "persistence on validation": validationPersistence } },
    format: (error) => error.toFixed(3),
  });
}

export function residualFigure(results: Results): Figure {
  const days = testDays(results);
  const near = days.filter(({ residual }) => Math.abs(residual) <= 2).length;
  const bias = days.reduce((sum, { residual }) => sum + residual, 0) / days.length;
  return residuals({
    id: "residuals",
    title: "When it was off, and how far",
    description:
      `Forecast less truth of each test day: above the line the forecast was too warm, below it too cold. The mean is ${signed(bias)}\u00A0°C; ` +
      `${Math.round((100 * near) / days.length)}\u00A0% of the days are within 2\u00A0°C.`,
    truth: days.map(({ truth }) => truth),
    forecast: days.map(({ forecast: said }) => said),
    x: days.map(({ date }) => date),
    unit: "°C",
    binWidth: 1,
  });
}

/** "+0.10", "−0.10" */
function signed(value: number): string {
  return `${value > 0 ? "+" : value < 0 ? "−" : ""}${Math.abs(value).toFixed(2)}`;
}
