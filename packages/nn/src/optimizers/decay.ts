// How long a mean lasts, a momentum or β₁: a number, or one that follows a schedule as the learning rate does.
import { check, fraction, type Rule } from "@sluice/core/arguments";
import { callable, either } from "../options/rules.ts";
import type { Schedule } from "../schedules/schedule.ts";

/** A number in [0, 1), or a function of the updates done so far. */
export type Decay = number | Schedule;

export const anyDecay: Rule<Decay> = either(fraction, callable as Rule<Schedule>); // what it gives is checked when it gives it

/** That of the update after `step` others. Throws INVALID_ARGUMENT, naming the option, where a schedule gives no number in [0, 1). */
export function decayAt(who: string, option: string, decay: Decay, step: number): number {
  if (typeof decay === "number") return decay;
  const given = decay(step);
  check(who, `${option} at step ${step}`, given, fraction);
  return given;
}
