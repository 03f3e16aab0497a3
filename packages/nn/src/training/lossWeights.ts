// What outputs' losses count in the whole, where that follows a schedule: numbers that each update needs anew.
import { finite, type Rule } from "@sluice/core/arguments";
import type { Scalars } from "../learner/update.ts";
import { callable, either } from "../options/rules.ts";
import type { Schedule, Scheduled } from "../schedules/schedule.ts";
import { lossWeightAt, type Head } from "./heads.ts";

export const anyWeight: Rule<Scheduled> = either(finite, callable as Rule<Schedule>); // what it gives is checked when it gives it

/** By output, for those that follow one. */
export function scheduledWeights(heads: readonly Head[]): Scalars {
  const moving = heads.filter(({ lossWeight }) => typeof lossWeight === "function");
  return Object.fromEntries(moving.map((head) => [head.output, (updates: number) => lossWeightAt(head, updates)]));
}
