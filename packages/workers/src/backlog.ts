// What was posted and is not in the ring yet: commands that wait for room, and what the caller is to do between commands.
import type { Command, RingBuffer } from "./ringBuffer.ts";

export interface Backlog {
  readonly isEmpty: boolean;
  /** Is there something for the caller to do? */
  readonly hasPauses: boolean;
  add(command: Command): void;
  /** `act` happens once all before it is done, and before anything behind it begins. */
  addPause(act: () => void): void;
  /** Goes on as far as it can. Did commands come into the ring, which are to be published? */
  flush(): boolean;
  clear(): void;
}

export function createBacklog(buffer: RingBuffer): Backlog {
  const waiting: (Command | (() => void))[] = []; // oldest first
  let pauses = 0; // of those
  return {
    get isEmpty() {
      return waiting.length === 0;
    },
    get hasPauses() {
      return pauses > 0;
    },
    add: (command) => void waiting.push(command),
    addPause(act) {
      pauses++;
      waiting.push(act);
    },
    flush() {
      let commands = 0;
      for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
        if (typeof next === "function") {
          if (!buffer.isDone(buffer.head) || commands > 0) break;
          waiting.shift();
          pauses--;
          next();
        } else if (buffer.tryPut(next)) {
          waiting.shift();
          commands++;
        } else break;
      }
      return commands > 0;
    },
    clear() {
      waiting.length = 0;
      pauses = 0;
    },
  };
}
