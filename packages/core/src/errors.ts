// The one error class. Codes are promises, messages are not.

/** Stable: a code keeps its meaning; new ones may come. */
export type ErrorCode =
  | "SHAPE_MISMATCH" // sizes or ranks that do not fit together
  | "DTYPE_MISMATCH" // an element type where another is needed
  | "INVALID_ARGUMENT" // an option, axis, name or number outside what the call takes
  | "INDEX_OUT_OF_RANGE" // an index or class label outside its table
  | "EMPTY_DATA" // nothing to train, fit or evaluate on
  | "NOT_FINITE" // NaN or infinity where a number is needed
  | "NOT_DIFFERENTIABLE" // a gradient asked of, or with respect to, what has none
  | "TRACE_LEAK" // a traced tensor used outside the function it was traced in
  | "ILLEGAL_PROGRAM" // a Program that breaks a rule of the contract
  | "UNSUPPORTED" // outside what the backend declares in `supports`
  | "OUT_OF_MEMORY"
  | "BACKEND_UNAVAILABLE" // a backend that cannot run here
  | "BACKEND_FAILED" // a run that broke; reads of what it should have written reject
  | "ABORTED" // ended by the caller's signal
  | "DISPOSED" // use after dispose, destroy or close
  | "FILE_NOT_FOUND"
  | "FILE_UNWRITABLE"
  | "FILE_CORRUPT" // truncated or damaged
  | "FILE_FOREIGN" // not written by Sluice, or of a version or model that does not fit
  | "INTERNAL"; // our own bug; the message begins with "internal:"

export interface Failure {
  readonly code: ErrorCode;
  /** Who noticed: "lstm.step", "trainer.fit", "cpu.compile". */
  readonly who: string;
  /** What was expected and what came, with names and numbers. */
  readonly what: string;
  /** What to do about it. */
  readonly fix?: string;
  /** The same facts as data. */
  readonly facts?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/**
 * What every package of Sluice throws. `code` is stable; `who`, `facts` and `fix` carry what the message says.
 *
 * ```
 * SluiceError [SHAPE_MISMATCH] lstm.step: dot needs equal inner sizes: x [batch 32, input 64] · wx [input 32, gates 512]
 * ```
 */
export class SluiceError extends Error {
  readonly code: ErrorCode;
  readonly who: string;
  readonly fix: string | undefined;
  readonly facts: Readonly<Record<string, unknown>>;

  constructor({ code, who, what, fix, facts = {}, cause }: Failure) {
    super(cut(`${who}: ${what}${fix === undefined ? "" : `. ${fix}`}`), cause === undefined ? {} : { cause });
    this.name = "SluiceError";
    this.code = code;
    this.who = who;
    this.fix = fix;
    this.facts = facts;
    if (this.stack !== undefined) this.stack = this.stack.replace(/^\w+: /, `SluiceError [${code}] `);
  }

  override toString(): string {
    return `SluiceError [${this.code}] ${this.message}`;
  }
}

/** A message is for people: what is longer than this was quoted from data. */
const longest = 2000;

function cut(message: string): string {
  return message.length > longest ? `${message.slice(0, longest)}…` : message;
}

/** A fault of the library itself, never of its user. */
export function internal(who: string, what: string, facts: Readonly<Record<string, unknown>> = {}): SluiceError {
  return new SluiceError({ code: "INTERNAL", who: `internal: ${who}`, what, fix: "This is a bug in Sluice; please report it", facts });
}
