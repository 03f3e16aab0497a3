// What a schedule is: the learning rate as a function of the updates done so far, and of nothing else.
import { check } from "@sluice/core/arguments";
import { counter } from "../options/rules.ts";

/** The learning rate of the update after `step` others. */
export type Schedule = (step: number) => number;

/** One that checks what it is asked. */
export function schedule(who: string, rateAt: Schedule): Schedule {
  return (step) => {
    check(who, "step", step, counter);
    return rateAt(step);
  };
}
