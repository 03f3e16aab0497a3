// What is done, a line of JSON for each: a search that was cut off goes on from there.
import { mkdir, open, readFile, truncate } from "node:fs/promises";
import { join } from "node:path";
import { SluiceError } from "@sluice/core";
import { isRecord, type Written } from "@sluice/nn/kit";

/** One run of a trial with a budget. */
export interface Entry {
  readonly trial: number;
  readonly budget: number;
  readonly score: Written;
  readonly details: Readonly<Record<string, unknown>>;
  readonly error?: string;
}

export class Ledger {
  readonly #path: string;
  readonly #entries = new Map<string, Entry>();

  private constructor(path: string) {
    this.#path = path;
  }

  /**
   * Of a folder, which is made where it is not there. `plan` says what is searched: another one's folder is refused.
   * A last line that was cut short is dropped. Throws INVALID_ARGUMENT, FILE_CORRUPT, FILE_UNWRITABLE.
   */
  static async open(folder: string, plan: string): Promise<Ledger> {
    const ledger = new Ledger(join(folder, "search.jsonl"));
    await writing(ledger.#path, () => mkdir(folder, { recursive: true }));
    const text = await readFile(ledger.#path, "utf8").catch(() => "");
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    const [first, ...lines] = whole.split("\n").filter((line) => line !== "");
    if (first !== undefined && first !== plan) throw other(folder);
    for (const [at, line] of lines.entries()) ledger.#take(entryIn(ledger.#path, line, at + 2));
    if (whole.length < text.length) await writing(ledger.#path, () => truncate(ledger.#path, Buffer.byteLength(whole)));
    if (first === undefined) await ledger.#append(plan);
    return ledger;
  }

  done(trial: number, budget: number): Entry | undefined {
    return this.#entries.get(`${trial} ${budget}`);
  }

  /** On disk when this resolves. */
  async add(entry: Entry): Promise<void> {
    await this.#append(JSON.stringify(entry));
    this.#take(entry);
  }

  #take(entry: Entry): void {
    this.#entries.set(`${entry.trial} ${entry.budget}`, entry);
  }

  #append(line: string): Promise<void> {
    return writing(this.#path, async () => {
      const file = await open(this.#path, "a");
      try {
        await file.writeFile(`${line}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
    });
  }
}

function entryIn(path: string, line: string, number: number): Entry {
  try {
    const entry = JSON.parse(line) as unknown;
    if (isRecord(entry) && typeof entry["trial"] === "number" && typeof entry["budget"] === "number" && isRecord(entry["details"])) return entry as unknown as Entry; // prettier-ignore
  } catch {
    // told below
  }
  throw new SluiceError({ code: "FILE_CORRUPT", who: "search", what: `line ${number} of ${path} is no result of a trial`, fix: "Take that line out, or give another folder" }); // prettier-ignore
}

function other(folder: string): SluiceError {
  const fix = "Give another folder, empty this one, or search with the space, seed, trials and halving it has";
  return new SluiceError({ code: "INVALID_ARGUMENT", who: "search", what: `${folder} is of another search`, fix });
}

async function writing<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SluiceError({ code: "FILE_UNWRITABLE", who: "search", what: `${path} cannot be written: ${reason}`, fix: "Check the folder's rights and what room there is", cause }); // prettier-ignore
  }
}
