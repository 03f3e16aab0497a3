// From days to what a model trains on. The scaler learns from the training days alone.
import type { Day } from "./data.ts";
import { featureRows, fitScaler, scale } from "./features.ts";
import { split, trainingDays, windows, type Split, type Windows } from "./windows.ts";

export interface Prepared {
  readonly days: readonly Day[];
  readonly parts: Split;
  readonly train: Windows;
  readonly validation: Windows;
  readonly test: Windows;
}

/** Throws EMPTY_DATA for too few days. */
export function prepare(days: readonly Day[]): Prepared {
  const parts = split(days.length);
  const rows = featureRows(days);
  const scaled = scale(rows, fitScaler(trainingDays(rows, parts)));
  return {
    days,
    parts,
    train: windows(scaled, days, parts.train),
    validation: windows(scaled, days, parts.validation),
    test: windows(scaled, days, parts.test),
  };
}
