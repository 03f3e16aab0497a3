// The words of the ring: where commands stand, one after the other, until threads have done them. It knows neither who waits nor what waits for room.
import * as layout from "./layout.js";

/** A command for threads; it begins with its length, and `ended` sees it as they left it, some time after it is done. */
export interface Command {
  readonly words: Int32Array;
  readonly ended: ((words: Int32Array) => void) | undefined;
}

export interface RingBuffer {
  /** Commands put so far; the last one's number. */
  readonly head: number;
  /** Have threads done the command of that number, and so all before it? */
  isDone(number: number): boolean;
  /** Copies a command behind the others, or says that there is no room. Threads see it after `publish`. */
  tryPut(command: Command): boolean;
  /** Frees the room of commands that are done. */
  reclaim(): void;
  publish(): void;
}

/** What stands in the ring. */
interface Standing extends Command {
  readonly number: number;
  /** Words that it takes, with those it skipped. */
  readonly length: number;
}

export function createRingBuffer(words: Int32Array): RingBuffer {
  const standing: Standing[] = []; // oldest first
  let head = 0;
  let at = 0;
  let used = 0;

  const isDone = (number: number): boolean => ((Atomics.load(words, layout.done) - number) | 0) >= 0;
  const reclaim = (): void => {
    for (let [first] = standing; first !== undefined && isDone(first.number); [first] = standing) {
      standing.shift();
      used -= first.length;
      first.ended?.(first.words);
    }
  };

  return {
    get head() {
      return head;
    },
    isDone,
    reclaim,
    tryPut({ words: command, ended }) {
      reclaim();
      const rest = layout.ringWords - at;
      const skipped = rest < command.length + 2 ? rest : 0; // a skip needs two words, and so is left room for after every command
      const length = skipped + command.length;
      if (used + length > layout.ringWords) return false;
      if (skipped > 0) {
        words[layout.ring + at + 1] = layout.skip;
        at = 0;
      }
      const inRing = words.subarray(layout.ring + at, layout.ring + at + command.length);
      inRing.set(command);
      at += command.length;
      used += length;
      head = (head + 1) | 0;
      standing.push({ number: head, length, words: inRing, ended });
      return true;
    },
    publish() {
      Atomics.store(words, layout.notifyAtPosted, head); // before `head`: whoever sees the command sees that it is awaited
      Atomics.store(words, layout.head, head);
    },
  };
}
