/** `using` disposes by it, also where an engine does not have it yet. */
export const dispose: typeof Symbol.dispose = Symbol.dispose ?? (Symbol.for("Symbol.dispose") as typeof Symbol.dispose); // oxlint-disable-line typescript/no-unnecessary-condition -- older engines

/** What every verb throws, as the library does: `code` is stable, the message is for people. */
export class SluiceError extends Error {
  readonly code: string;
  readonly who: string;
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(code: string, who: string, what: string, facts: Readonly<Record<string, unknown>> = {}, cause?: unknown) {
    super(`${who}: ${what}`, cause === undefined ? {} : { cause });
    this.name = "SluiceError";
    this.code = code;
    this.who = who;
    this.facts = facts;
  }
}

/** Throws INVALID_ARGUMENT for an option that there is not. */
export function checkOptions(who: string, options: object, known: readonly string[]): void {
  // oxlint-disable-next-line typescript/no-unnecessary-condition -- null comes from callers without types
  if (typeof options !== "object" || options === null) throw new SluiceError("INVALID_ARGUMENT", who, "options must be a record");
  for (const name of Object.keys(options))
    if (!known.includes(name))
      throw new SluiceError("INVALID_ARGUMENT", who, `there is no option "${name}". There are ${known.join(", ") || "none"}`, {
        option: name,
      });
}
