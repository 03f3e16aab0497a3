// Is it a cell, a recurrence? What has the verbs of one.
import { checkFunction, checkText, record } from "../arguments/checks.ts";
import { refused } from "../arguments/rules.ts";

/** Throws INVALID_ARGUMENT, as for `lstm` where `lstm()` was meant. */
export function checkCell(who: string, value: unknown, option = "cell"): void {
  const fix = typeof value === "function" ? "Call it: lstm()" : "Make it with cell(…), or take rnn(), lstm(), gru() or mgu()";
  if (!isRecord(value) || !["weights", "state", "step"].every((verb) => verb in value))
    throw refused(who, option, value, "a cell", [], fix);
  const { name, weights, state, step } = value as Readonly<Record<string, unknown>>;
  checkText(who, `the name of ${option}`, name as string);
  for (const [verb, fn] of Object.entries({ weights, state, step })) checkFunction(who, `${verb} of ${option}`, fn);
}

/** Throws INVALID_ARGUMENT. */
export function checkRecurrence(who: string, value: unknown, option: string): void {
  record(who, value as object, option);
  if (!("run" in (value as object))) throw refused(who, option, value, "a recurrence", [], "Make it with recurrence(cell)");
}

function isRecord(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
