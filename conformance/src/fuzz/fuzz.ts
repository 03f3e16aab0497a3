// For tests: calls of public functions with any values there are. Each ends in a result, or in a SluiceError whose code is public, and what a
// function's documentation rules out is refused.
import fc from "fast-check";
import { SluiceError } from "@sluice/core";

/** An argument: what a call may be given, and which of it must be refused whatever else comes. */
export interface Param {
  /** Right in type, of any value. */
  readonly values: fc.Arbitrary<unknown>;
  /** Wrong in type somewhere, as JavaScript lets one write it. */
  readonly wrong: fc.Arbitrary<unknown>;
  /** False where the call must be refused. */
  readonly accepts: (value: unknown) => boolean;
}

/** A public function: its arguments, and how it is called and what it made is used. */
export interface Row {
  readonly params: readonly Param[];
  readonly use: (fn: Fn, args: readonly unknown[]) => unknown;
}

export type Fn = (...args: readonly never[]) => unknown;

/**
 * Calls `fn` `numRuns` times with types right and as often with types wrong; resolves to how many calls that were. Rejects with the first
 * call, made as small as it goes, that ended raw, with INTERNAL, or without being refused.
 */
export async function fuzz(fn: Fn, row: Row, numRuns: number): Promise<number> {
  await fc.assert(
    fc.asyncProperty(argumentsOf(row, "values"), (args) => holds(fn, row, args)),
    { numRuns },
  );
  await fc.assert(
    fc.asyncProperty(argumentsOf(row, "wrong"), (args) => holds(fn, row, args)),
    { numRuns },
  );
  return 2 * numRuns;
}

/** Right ones; or each wrong with a probability of a half. */
function argumentsOf({ params }: Row, mode: "values" | "wrong"): fc.Arbitrary<readonly unknown[]> {
  return fc.tuple(...params.map((param) => (mode === "values" ? param.values : fc.oneof(param.values, param.wrong))));
}

/** Codes that no call of a user's ends with: the library's own faults. */
const ours: readonly string[] = ["INTERNAL", "ILLEGAL_PROGRAM"];

async function holds(fn: Fn, { params, use }: Row, args: readonly unknown[]): Promise<void> {
  const isRefused = !params.every((param, i) => param.accepts(args[i]));
  try {
    await use(fn, args);
  } catch (error) {
    if (!(error instanceof SluiceError)) throw new Error("a raw error", { cause: error });
    if (ours.includes(error.code)) throw new Error(`our own fault: ${error.code}`, { cause: error });
    if (error.message.length > 2001) throw new Error("a message without bound", { cause: error });
    return;
  }
  if (isRefused) throw new Error("accepted what must be refused");
}
