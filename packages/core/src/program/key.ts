// Plain data as a text to look it up by.

/**
 * A text that data share only if they are equal: records, lists, strings and numbers. JSON alone writes NaN and both infinities as null
 * and −0 as 0; here each has a text of its own. A record's keys count in their order, and one without a value as absent.
 */
export function keyOf(data: unknown): string {
  return JSON.stringify(data, exactly);
}

/** Begins what stands for a number; strings that begin so themselves get one more. */
const mark = "\u0000";

function exactly(_key: string, value: unknown): unknown {
  if (typeof value === "string") return value.startsWith(mark) ? mark + value : value;
  if (typeof value !== "number" || (Number.isFinite(value) && !Object.is(value, -0))) return value;
  return mark + (Object.is(value, -0) ? "-0" : String(value));
}
