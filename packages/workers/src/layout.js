// Layout of the shared memory through which threads and the caller work together, in 32-bit words from the start of a block. Words that different threads write often stand on cache lines of their own.
// @ts-check

/** A barrier (`barrierLayout` of @sluice/cpu/kit): threads arrived, phase, stop flag, and how often a thread slept after its spin limit. */
export const barrierArrived = 0;
export const barrierPhase = 1;
export const barrierStop = 2;
export const barrierSleeps = 3;
/** Offset of the second barrier, for runs by a subset of the threads. The barrier of all threads starts at word 0. */
export const subsetBarrier = 208;
/** Commands posted, by the caller. */
export const head = 16;
/** Commands done, by thread 0. */
export const done = 32;
/** Thread 0 messages the caller when `done` equals one of these command numbers: the last that was posted, and the one that the next read waits for. */
export const notifyAtPosted = 48;
export const notifyAtAwaited = 49;
/** One word per thread: 1 while it waits for a message. */
export const asleep = 64;
/** More threads than any machine has use for. */
export const maxThreads = 128;
/** The commands: how many words it takes, what it is, and its operands. */
export const ring = 256;
/** Room for hundreds of runs of a training step. */
export const ringWords = 2 ** 15;
export const words = ring + ringWords;
/** The longest command that fits into an empty ring wherever the last one ended. */
export const maxCommandWords = ringWords / 2 - 2;

/** The rest of the ring is too short for the next command. */
export const skip = 0;
/** Runs a program by the first so many threads, while the others wait. Thread 0 writes how many microseconds it took, and how often one slept. Then its table. */
export const run = 1;
export const program = 2;
export const threadCount = 3;
export const tookUs = 4;
export const sleepCount = 5;
export const header = 6;
/** Copies bytes: to, from, how many. */
export const copy = 2;

/**
 * Makes every thread that waits at a barrier, or comes to one, leave its run.
 * @param {Int32Array} words
 */
export function stopBarriers(words) {
  for (const barrier of [0, subsetBarrier]) {
    Atomics.store(words, barrier + barrierStop, 1);
    Atomics.notify(words, barrier + barrierPhase);
  }
}
