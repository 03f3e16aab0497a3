// How much of the data a model may see, the easiest first (Platanios et al. 2019, section 3.2).
import { positive, rate, size } from "@sluice/core/arguments";
import { optionsOf, preset, required, type Table } from "../options/table.ts";
import { schedule, type Schedule } from "./schedule.ts";

export interface CompetenceConfig {
  /** Updates until all may be seen; at least 1. */
  readonly steps: number;
  /** Share at first; in 0 … 1, default 0.01. */
  readonly initial?: number;
  /** 2, the default, gives new samples as they are mastered, 1 as many in each update, more than 2 most of them early. Above 0. */
  readonly root?: number;
}

export const competenceTable = {
  steps: required(size),
  initial: preset(rate, 0.01),
  root: preset(positive, 2),
} satisfies Table<CompetenceConfig>;

/** min(1, (step · (1 − c₀ᵖ)/steps + c₀ᵖ)^(1/p)). Throws INVALID_ARGUMENT for numbers out of range. */
export function competence(config: CompetenceConfig): Schedule {
  const { steps, initial, root } = optionsOf("competence", competenceTable, config),
    start = initial ** root;
  return schedule("competence", (step) => (step >= steps ? 1 : Math.min(1, ((step * (1 - start)) / steps + start) ** (1 / root))));
}
