// What a schedule is: the learning rate as a function of the updates done so far, and of nothing else.
import { check, finite, nonNegative, type Rule } from "@sluice/core/arguments";
import { callable, counter, either } from "../options/rules.ts";

/** The learning rate of the update after `step` others. */
export type Schedule = (step: number) => number;

/** A number, or a function of the updates done so far. */
export type LearningRate = number | Schedule;

export const anyRate: Rule<LearningRate> = either(nonNegative, callable as Rule<Schedule>); // what it gives is checked when it gives it

/** Throws INVALID_ARGUMENT, naming the option, where a schedule gives no finite number of at least 0. */
export function rateAt(who: string, option: string, rate: LearningRate, step: number): number {
  const given = typeof rate === "number" ? rate : rate(step);
  check(who, `${option} at step ${step}`, given, nonNegative);
  return given;
}

/** Any finite number, or a function of the updates done so far that gives such. */
export type Scheduled = number | Schedule;

/** That of the update after `step` others. Throws INVALID_ARGUMENT, naming the option, where a schedule gives no finite number. */
export function scheduledAt(who: string, option: string, scheduled: Scheduled, step: number): number {
  if (typeof scheduled === "number") return scheduled;
  const given = scheduled(step);
  check(who, `${option} at step ${step}`, given, finite);
  return given;
}

/** One that checks what it is asked. */
export function schedule(who: string, rateAt: Schedule): Schedule {
  return (step) => {
    check(who, "step", step, counter);
    return rateAt(step);
  };
}
