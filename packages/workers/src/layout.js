// Where threads and the caller meet in shared memory, in 32-bit words from the start of a block. Words that different threads write often stand on cache lines of their own.
// @ts-check

/** Where threads meet (`meeting` of @sluice/cpu/kit): how many have come, which phase it is, whether to stop, how often one slept. */
export const count = 0;
export const phase = 1;
export const stop = 2;
export const sleeps = 3;
/** They meet in two places: all of them from the first word, those of a run that not all take part in from here. */
export const fewer = 208;
/** Commands posted, by the caller. */
export const head = 16;
/** Commands done, by thread 0. */
export const done = 32;
/** Thread 0 tells the caller when so many are done: all that were posted, and what the next read waits for. */
export const all = 48;
export const awaited = 49;
/** One word per thread: 1 while it waits for a message. */
export const asleep = 64;
/** More threads than any machine has use for. */
export const mostThreads = 128;
/** The commands: how many words it takes, what it is, and its operands. */
export const ring = 256;
/** Room for hundreds of runs of a training step. */
export const ringWords = 2 ** 15;
export const words = ring + ringWords;

/** The rest of the ring is too short for the next command. */
export const skip = 0;
/** Runs a program by the first so many threads, while the others wait. Thread 0 writes how many microseconds it took, and how often one slept. Then its table. */
export const run = 1;
export const program = 2;
export const size = 3;
export const took = 4;
export const slept = 5;
export const header = 6;
/** Copies bytes: to, from, how many. */
export const copy = 2;
