// One run of a trial, as plain data: a trial that fails says so, and the search goes on.
import { isRecord } from "@sluice/nn/kit";
import type { Outcome } from "./trial.ts";

export interface Result {
  /** As JSON has it: null for NaN. */
  readonly score: number | "Infinity" | "-Infinity" | null;
  readonly details: Readonly<Record<string, unknown>>;
  readonly error?: string;
}

export async function resultOf(run: () => Outcome | Promise<Outcome>): Promise<Result> {
  try {
    const outcome: unknown = await run();
    const { score, ...details } = isRecord(outcome) ? outcome : { score: outcome };
    if (typeof score !== "number") throw new TypeError("a trial must return a number, or { score } with more");
    return { score: inJson(score), details: JSON.parse(JSON.stringify(details)) as Readonly<Record<string, unknown>> };
  } catch (error) {
    return { score: null, details: {}, error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
}

function inJson(score: number): Result["score"] {
  if (Number.isNaN(score)) return null;
  if (score === Infinity) return "Infinity";
  return score === -Infinity ? "-Infinity" : score;
}
