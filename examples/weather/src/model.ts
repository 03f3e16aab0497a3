// The forecaster: a recurrent layer reads the days, its last state says how much tomorrow differs from today.
import { dense, dropout, gru, input, lstm, sequential, simpleRNN, type Layer, type Model } from "@sluice/nn";
import { featureNames } from "./features.ts";
import { steps } from "./windows.ts";

const cells = { lstm, gru, rnn: simpleRNN } satisfies Record<string, (config: { readonly units: number }) => Layer>;

export type CellName = keyof typeof cells;
export const cellNames = Object.keys(cells) as CellName[];

export const cellTitles: Readonly<Record<CellName, string>> = { lstm: "LSTM", gru: "GRU", rnn: "plain RNN" };

/** Scaled days [batch, steps, features] → change of the maximum temperature [batch, 1] in °C. */
export function forecaster({ cell, units }: { readonly cell: CellName; readonly units: number }): Model {
  return sequential([input({ shape: [steps, featureNames.length] }), cells[cell]({ units }), dropout({ rate: 0.2 }), dense({ units: 1 })], {
    name: "weather",
  });
}
