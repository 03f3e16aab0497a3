// Lets the other tasks of the process have their turn: timers, input, drawing, signals. It changes when things happen, never a number.

/** Held for longer, the loop is let go after the run that is on its way: half of the tenth of a second that people notice. */
const limit = 50;

export interface Loop {
  /** In ms. */
  now(): number;
  /** Calls `task` in a turn of its own, after those that were asked for before. */
  later(task: () => void): void;
}

export class Turns {
  readonly #loop: Loop;
  /** When a turn was asked for that has not come yet: since then at least, the loop is held. */
  #asked: number | undefined;

  constructor(loop: Loop) {
    this.#loop = loop;
  }

  /** Whether the loop has been held for so long, by whomever, that `pass` would let it go. */
  get isDue(): boolean {
    if (this.#asked !== undefined) return this.#loop.now() - this.#asked >= limit;
    this.#asked = this.#loop.now();
    this.#loop.later(() => (this.#asked = undefined));
    return false;
  }

  /** Resolves in a later turn of the loop where one is due, otherwise at once. */
  async pass(): Promise<void> {
    if (this.isDue) await new Promise<void>((resume) => this.#loop.later(resume));
  }
}

/** One for the process, so that many short calls in a row count as one long one. */
export const turns = new Turns({ now: () => performance.now(), later: (task) => void setTimeout(task, 0) });

/** Work of the host in pieces of some milliseconds: it yields between them. */
export type Pieces<T> = Generator<undefined, T, undefined>;

/** The work, with a turn of the loop between two pieces wherever one is due. */
export async function inTurns<T>(work: Pieces<T>, loop = turns): Promise<T> {
  for (;;) {
    if (loop.isDue) await loop.pass();
    const { done, value } = work.next();
    if (done) return value;
  }
}

/** The same in one go. */
export function atOnce<T>(work: Pieces<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}
