// The caller's end of the ring: posts commands in order and knows which are done. It knows no threads.
import * as layout from "./layout.js";

export interface Ring {
  /** Commands posted so far; a command is done when `done` has reached what this was after it. */
  readonly posted: number;
  readonly isIdle: boolean;
  /** Does anybody wait for what is to come? */
  readonly isAwaited: boolean;
  /** Posts a command of at most `layout.maxCommandWords`, which begins with its length, now or as soon as there is room. It is copied; `ended` sees it as threads left it, some time after it is done. */
  post(command: Int32Array, ended?: Ended): void;
  /** Calls `act`, which does not throw, once all that was posted so far is done, before what is posted later begins. Until then nothing posted so far counts as done. */
  postToCaller(act: () => void): void;
  /** Resolves when all that has been posted so far is done; rejects when that will never be. */
  drained(): Promise<void>;
  /** Is the command of that number done? */
  isDone(number: number): boolean;
  /** To be called when a thread tells of progress. */
  advance(): void;
  /** Nothing more will be done: what is awaited rejects. */
  fail(error: Error): void;
}

type Ended = (command: Int32Array) => void;

interface Posted {
  readonly command: Int32Array;
  readonly ended: Ended | undefined;
}

interface Waiter {
  readonly number: number;
  resolve(): void;
  reject(error: Error): void;
}

/** A ring in `words` (see layout.js); `wake` is called after each post. */
export function createRing(words: Int32Array, wake: () => void): Ring {
  const backlog: (Posted | (() => void))[] = []; // commands, and what the caller does between them
  let pauses = 0; // of those
  const taken: { readonly number: number; readonly length: number; readonly command: Int32Array; readonly ended: Ended | undefined }[] = []; // what stands in the ring, oldest first
  const waiters: Waiter[] = [];
  let posted = 0; // counts the backlog too
  let head = 0;
  let at = 0;
  let used = 0;

  const isDone = (number: number): boolean => ((Atomics.load(words, layout.done) - number) | 0) >= 0;
  /** A pause is part of what was posted, though no thread counts it. */
  const isOver = (number: number): boolean => pauses === 0 && isDone(number);
  const reclaim = (): void => {
    for (let [first] = taken; first !== undefined && isDone(first.number); [first] = taken) {
      taken.shift();
      used -= first.length;
      first.ended?.(first.command);
    }
  };
  const tryPut = ({ command, ended }: Posted): boolean => {
    reclaim();
    const { length } = command;
    const rest = layout.ringWords - at;
    const skipped = rest < length + 2 ? rest : 0; // a skip needs two words, and so is left room for after every command
    if (used + skipped + length > layout.ringWords) return false;
    if (skipped > 0) {
      words[layout.ring + at + 1] = layout.skip;
      at = 0;
    }
    const inRing = words.subarray(layout.ring + at, layout.ring + at + length);
    inRing.set(command);
    at += length;
    used += skipped + length;
    head = (head + 1) | 0;
    taken.push({ number: head, length: skipped + length, command: inRing, ended });
    return true;
  };
  /** Goes on with the backlog as far as it can. */
  const flushBacklog = (): void => {
    let commands = 0;
    for (let next = backlog[0]; next !== undefined; next = backlog[0]) {
      if (typeof next === "function") {
        if (!isDone(head) || commands > 0) break;
        backlog.shift();
        pauses--;
        next();
      } else if (tryPut(next)) {
        backlog.shift();
        commands++;
      } else break;
    }
    if (commands > 0) publish();
  };
  const publish = (): void => {
    Atomics.store(words, layout.notifyAtPosted, head); // before `head`: whoever sees the command sees that it is awaited
    Atomics.store(words, layout.head, head);
    wake();
  };
  const publishAwaited = (): void => void Atomics.store(words, layout.notifyAtAwaited, waiters[0]?.number ?? head);
  const resolveWaiters = (): void => {
    // A command may finish before its number is stored in `notifyAtAwaited`; then no message comes. So check again after every store.
    for (publishAwaited(); waiters.length > 0 && isOver(waiters[0]!.number); publishAwaited()) waiters.shift()!.resolve();
  };

  return {
    get posted() {
      return posted;
    },
    get isIdle() {
      return isOver(posted);
    },
    get isAwaited() {
      return waiters.length > 0;
    },
    isDone: isOver,
    post(command, ended) {
      posted = (posted + 1) | 0;
      if (backlog.length > 0 || !tryPut({ command, ended })) backlog.push({ command: command.slice(), ended });
      publish();
    },
    postToCaller(act) {
      pauses++;
      backlog.push(act);
      this.advance();
    },
    drained() {
      return new Promise((resolve, reject) => {
        waiters.push({ number: posted, resolve, reject });
        this.advance(); // it may have been done in the meantime
      });
    },
    advance() {
      reclaim();
      flushBacklog();
      resolveWaiters();
    },
    fail(error) {
      backlog.length = 0;
      pauses = 0;
      for (const waiter of waiters.splice(0)) waiter.reject(error);
    },
  };
}
