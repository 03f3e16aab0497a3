// From days to what a model trains on. The scaler learns from the training days alone.
import { standardScaler, take } from "@sluice/data";
import type { Day } from "./data.ts";
import { featuresOf } from "./features.ts";
import { daysUpTo, split, windowsOf, type Split, type Windows } from "./windows.ts";

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
  const features = featuresOf(days);
  const scaler = standardScaler().fit(take(features, daysUpTo(parts.train.to)));
  return { days, parts, ...windowsOf(scaler.transform(features), days, parts) };
}
