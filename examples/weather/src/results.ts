// Everything that a run found out: what the summary and the report are written from.
import type { History } from "@sluice/nn";
import type { Options } from "./options.ts";
import type { Prepared } from "./prepare.ts";
import type { Score } from "./scores.ts";

export interface Results {
  readonly options: Options;
  readonly data: Prepared;
  readonly parameters: number;
  readonly history: History;
  /** Spent on training, validation included. */
  readonly seconds: number;
  /** Maximum temperatures of the test days, in °C. */
  readonly forecast: readonly number[];
  /** Mean absolute error of persistence on the validation days, in °C. */
  readonly validationPersistence: number;
  readonly model: Score;
  readonly baselines: readonly Score[];
}
