// What rows begin with, and what becomes of them: for whatever is written token by token.
import { check, count, refused, size, type Rule } from "@sluice/core/arguments";
import { callable, having, listOf } from "../options/rules.ts";
import { optional, required, type Table } from "../options/table.ts";
import type { DecodingStep } from "./step.ts";

export interface Writing<S> {
  /** One step of the model, such as what `learner.compile` gives. */
  readonly step: DecodingStep<S>;
  /** Of all rows before the prompt, a tree of arrays each [rows, …]; it stays the caller's. */
  readonly state: S;
  /** Tokens that each row begins with: at least one, in all rows as many. */
  readonly prompt: readonly (readonly number[])[];
  /** Most tokens that are written after the prompt. */
  readonly maxSteps: number;
  /** The token that ends a row. Default none. */
  readonly end?: number;
  /** Ends it before the next step. */
  readonly signal?: AbortSignal;
}

const tree: Rule<object> = {
  expected: "a tree of arrays",
  accepts: (value): value is object => typeof value === "object" && value !== null,
};
const prompt: Rule<readonly (readonly number[])[]> = listOf(listOf(count), "a list with the tokens of each row");

export const writingTable = {
  step: required(callable as Rule<DecodingStep<object>>), // what it gives is checked when it gives it
  state: required(tree),
  prompt: required(prompt),
  maxSteps: required(size),
  end: optional(count),
  signal: optional(having<AbortSignal>("an AbortSignal", { aborted: "boolean", addEventListener: "function" })),
} satisfies Table<Writing<object>>;

/** Throws INVALID_ARGUMENT for no rows, rows without a token, and rows of different lengths. */
export function checkPrompt(who: string, rows: readonly (readonly number[])[]): void {
  check(who, "prompt", rows, prompt);
  const [first] = rows;
  if (first === undefined || first.length === 0) throw refused(who, "prompt", rows, "at least one row of at least one token");
  const other = rows.findIndex(({ length }) => length !== first.length);
  if (other >= 0) throw refused(who, `prompt[${other}]`, rows[other], `${first.length} tokens, as prompt[0]`);
}
