// A file that grows while training runs, and that a training which goes on from a checkpoint takes back to where that stood.
import { mkdir, open, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { SluiceError } from "@sluice/core";

export class LogFile {
  readonly #who: string;
  readonly #path: string;
  #file: FileHandle | undefined;
  #bytes = 0;

  constructor(who: string, path: string) {
    this.#who = who;
    this.#path = path;
  }

  /** Written so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** What is there from now on: its first so many bytes, where it has as many. */
  keep(bytes: number): void {
    this.#bytes = bytes;
  }

  /** Opened by the first. Throws FILE_UNWRITABLE. */
  async append(data: Uint8Array): Promise<void> {
    try {
      this.#file ??= await this.#open();
      await this.#file.writeFile(data);
      this.#bytes += data.length;
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      const what = `${this.#path} cannot be written: ${reason}`;
      throw new SluiceError({
        code: "FILE_UNWRITABLE",
        who: this.#who,
        what,
        fix: "Check the folder's rights and what room there is",
        cause,
      });
    }
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  async #open(): Promise<FileHandle> {
    await mkdir(dirname(this.#path), { recursive: true });
    const file = await open(this.#path, "a");
    try {
      this.#bytes = Math.min(this.#bytes, (await file.stat()).size);
      await file.truncate(this.#bytes);
      return file;
    } catch (cause) {
      await file.close();
      throw cause;
    }
  }
}
