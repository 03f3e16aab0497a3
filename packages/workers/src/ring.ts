// The caller's end of the ring: posts commands in order and knows which are done. It knows no threads.
import { createBacklog } from "./backlog.ts";
import * as layout from "./layout.js";
import { createRingBuffer } from "./ringBuffer.ts";
import { createWaiters } from "./waiters.ts";

export interface Ring {
  /** Commands posted so far; a command is done when `done` has reached what this was after it. */
  readonly posted: number;
  readonly isIdle: boolean;
  /** Does anybody wait for what is to come? */
  readonly isAwaited: boolean;
  /** Posts a command of at most `layout.maxCommandWords`, which begins with its length, now or as soon as there is room. It is copied; `ended` sees it as threads left it, some time after it is done. */
  post(command: Int32Array, ended?: (command: Int32Array) => void): void;
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

/** A ring in `words` (see layout.js); `wake` is called after each post. */
export function createRing(words: Int32Array, wake: () => void): Ring {
  const buffer = createRingBuffer(words);
  const backlog = createBacklog(buffer);
  const waiters = createWaiters();
  let posted = 0; // counts the backlog's commands too

  /** A pause is part of what was posted, though no thread counts it. */
  const isOver = (number: number): boolean => !backlog.hasPauses && buffer.isDone(number);
  const publish = (): void => {
    buffer.publish();
    wake();
  };
  const publishAwaited = (): void => void Atomics.store(words, layout.notifyAtAwaited, waiters.next ?? buffer.head);
  const resolveWaiters = (): void => {
    // A command may finish before its number is stored in `notifyAtAwaited`; then no message comes. So check again after every store.
    for (publishAwaited(); waiters.next !== undefined && isOver(waiters.next); publishAwaited()) waiters.resolveNext();
  };

  return {
    get posted() {
      return posted;
    },
    get isIdle() {
      return isOver(posted);
    },
    get isAwaited() {
      return waiters.next !== undefined;
    },
    isDone: isOver,
    post(command, ended) {
      posted = (posted + 1) | 0;
      if (!backlog.isEmpty || !buffer.tryPut({ words: command, ended })) backlog.add({ words: command.slice(), ended });
      publish();
    },
    postToCaller(act) {
      backlog.addPause(act);
      this.advance();
    },
    drained() {
      const drained = waiters.waitFor(posted);
      this.advance(); // it may have been done in the meantime
      return drained;
    },
    advance() {
      buffer.reclaim();
      if (backlog.flush()) publish();
      resolveWaiters();
    },
    fail(error) {
      backlog.clear();
      waiters.fail(error);
    },
  };
}
