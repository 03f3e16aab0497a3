// For tests: the forecaster of examples/weather, smaller, and a part of its days.
import type { HostArray } from "@sluice/core";
import { type Model, dense, dropout, input, lstm, sequential } from "@sluice/nn";
import csv from "../../node_modules/vega-datasets/data/seattle-weather.csv?raw";

const steps = 30;
const weathers = ["drizzle", "fog", "rain", "snow", "sun"];

/** Scaled days [batch, 30, 11] → change of the maximum temperature [batch, 1] in °C. */
export function forecaster(units: number): Model {
  return sequential([input({ shape: [steps, 6 + weathers.length] }), lstm({ units }), dropout({ rate: 0.2 }), dense({ units: 1 })], {
    name: "weather",
  });
}

/** The first `samples` days that have 30 before them. */
export function days(samples: number): { readonly x: HostArray; readonly y: HostArray } {
  const lines = csv
    .trim()
    .split("\n")
    .slice(1, 1 + steps + samples);
  const rows = scaled(lines.map(features));
  const maximum = lines.map((line) => Number(line.split(",")[2]));
  const targets = Array.from({ length: samples }, (_, i) => steps + i);
  return {
    x: {
      dtype: "f32",
      shape: [samples, steps, rows[0]!.length],
      data: Float32Array.from(targets.flatMap((t) => rows.slice(t - steps, t).flat())),
    },
    y: { dtype: "f32", shape: [samples, 1], data: Float32Array.from(targets.map((t) => maximum[t]! - maximum[t - 1]!)) },
  };
}

function features(line: string, day: number): number[] {
  const [, rain, warmest, coldest, wind, weather] = line.split(",");
  const year = (2 * Math.PI * day) / 365.25;
  return [
    Math.log1p(Number(rain)),
    Number(warmest),
    Number(coldest),
    Number(wind),
    ...weathers.map((kind) => (kind === weather ? 1 : 0)),
    Math.sin(year),
    Math.cos(year),
  ];
}

/** Every column brought to mean 0 and deviation 1. */
function scaled(rows: readonly number[][]): number[][] {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const columns = rows[0]!.map((_, c) => rows.map((row) => row[c]!));
  const centres = columns.map(mean);
  const widths = columns.map((column, c) => Math.sqrt(mean(column.map((value) => (value - centres[c]!) ** 2))) || 1);
  return rows.map((row) => row.map((value, c) => (value - centres[c]!) / widths[c]!));
}
