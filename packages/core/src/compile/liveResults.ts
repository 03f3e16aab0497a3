// The results of one function that neither were disposed of nor are gone: many of them are a leak, or on their way.
import { type Living, turn } from "./reclaim.ts";

/** As every runtime has it. */
declare const console: { warn(text: string): void };

/** So many alive are told once, and from then on the engine is let to collect now and then: in a loop of awaited calls it never gets its turn. */
const many = 1000;
const between = 256;

export class LiveResults implements Living {
  count = 0;
  readonly #name: string;
  #calls = 0;
  #isTold = false;

  constructor(name: string) {
    this.#name = name;
  }

  /** After a call that gave so many arrays. */
  areMany(arrays: number): boolean {
    return this.count >= many * Math.max(1, arrays);
  }

  /** To be awaited after a call while there are many: those still on their way, or read already, have their turn before anybody is told. */
  async letGo(arrays: number): Promise<void> {
    if (this.#calls++ % between !== 0) return;
    await turn();
    if (this.areMany(arrays) && !this.#isTold) this.#tell();
  }

  #tell(): void {
    this.#isTold = true;
    console.warn(
      `${this.#name}: ${many} of its results are alive. Dispose of those that have been read, as by \`using\`; what nobody holds any more is freed when the engine collects.`,
    );
  }
}
