// All that a model has and this library has not, found before anything is built, and told at once.
import { SluiceError } from "@sluice/core";

export interface Problem {
  /** As the file names it, in a model within it "encoder/lstm". */
  readonly layer: string;
  readonly what: string;
  /** What to do instead. */
  readonly fix: string;
}

export class Problems {
  readonly #all: Problem[] = [];

  add(layer: string, what: string, fix: string): void {
    if (!this.#all.some((one) => one.layer === layer && one.what === what)) this.#all.push({ layer, what, fix });
  }

  /** Throws UNSUPPORTED with all of them, `facts.problems` too, where there are some. */
  check(who: string): void {
    if (this.#all.length === 0) return;
    const lines = this.#all.map(({ layer, what, fix }) => `"${layer}" ${what} (${fix})`);
    throw new SluiceError({
      code: "UNSUPPORTED",
      who,
      what: `the model has ${lines.length === 1 ? "something" : `${lines.length} things`} that there is not here: ${lines.join("; ")}`,
      facts: { problems: this.#all },
    });
  }
}

/** What an error of the library says, without what to do. */
export function said({ message, fix }: SluiceError): string {
  return fix !== undefined && message.endsWith(`. ${fix}`) ? message.slice(0, -fix.length - 2) : message;
}
