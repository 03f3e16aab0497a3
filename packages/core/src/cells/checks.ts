// What the options of cells must be, said once: everything here throws INVALID_ARGUMENT, naming the cell and the option.
import { SluiceError } from "../errors.ts";

export function checkOneOf<T extends string>(who: string, option: string, value: T, choices: readonly T[]): void {
  if (!choices.includes(value)) throw refused(who, option, value, `one of ${choices.join(", ")}`);
}

export function checkSize(who: string, option: string, value: number): void {
  if (!Number.isInteger(value) || value < 1) throw refused(who, option, value, "a whole number of at least 1");
}

export function checkPositive(who: string, option: string, value: number): void {
  if (!(value > 0)) throw refused(who, option, value, "a number above 0");
}

export function checkFinite(who: string, option: string, value: number): void {
  if (!Number.isFinite(value)) throw refused(who, option, value, "a finite number");
}

export function checkRate(who: string, option: string, value: number): void {
  if (!(value >= 0 && value <= 1)) throw refused(who, option, value, "a number in 0 … 1");
}

function refused(who: string, option: string, value: unknown, expected: string): SluiceError {
  const what = `${option} must be ${expected}, got ${typeof value === "string" ? `"${value}"` : String(value)}`;
  return new SluiceError({ code: "INVALID_ARGUMENT", who, what, facts: { [option]: value } });
}
