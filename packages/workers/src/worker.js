// One thread: takes commands from the ring in shared memory, runs its share of each, and sleeps when there are none.
// Plain JavaScript, since Node and bundlers load it by its address.
// @ts-check
import * as layout from "./layout.js";
import { hold } from "./exitLock.js";

const {
  asleep,
  barrierArrived,
  barrierPhase,
  barrierStop,
  done,
  head,
  header,
  notifyAtAwaited,
  notifyAtPosted,
  ring,
  run,
  skip,
  subsetBarrier,
} = layout;

/**
 * @typedef {{ readonly buffer: ArrayBuffer }} Memory
 * @typedef {{ readonly memory: Memory, readonly block: number, readonly thread: number, readonly threads: number, readonly spinLimit: number }} Start
 * @typedef {{ readonly start: Start, readonly lock?: string } | { readonly program: number, readonly module: object } | { readonly forget: number } | { readonly wake: true }} Message
 * @typedef {(table: number, thread: number, threads: number, spinLimit: number, barrier: number) => number} Run
 */

/** Spin iterations on the ring before the thread sleeps: about 20 µs. */
const ringSpinLimit = 2000;

const parent = globalThis.process?.getBuiltinModule?.("node:worker_threads").parentPort;
/** @type {{ postMessage(message: unknown): void, addEventListener(type: "message", listener: (event: { data: Message }) => void): void }} */
const scope = /** @type {any} */ (globalThis); // of a browser's worker, of which Node's types know nothing
const port = parent ?? scope;

/** @type {Start} */
let given;
/** @type {Int32Array<ArrayBuffer>} */
let words;
/** @type {Map<number, Run>} */
const programs = new Map();
/** How many commands this thread has done, and where in the ring the next one stands. */
let taken = 0;
let at = 0;
let isOver = false;

/** @param {Message} message */
function receive(message) {
  if ("start" in message) {
    given = message.start;
    words = new Int32Array(given.memory.buffer, given.block, layout.words);
    void announceReady(message.lock);
  } else if ("program" in message) programs.set(message.program, instantiate(message.module));
  else if ("forget" in message) programs.delete(message.forget);
  if (!isOver) drain();
}

/**
 * Says that this thread is ready, and whether it holds the lock that tells of its end. Node, which has an event for that, names none.
 * @param {string | undefined} lock
 */
async function announceReady(lock) {
  port.postMessage({ ready: given.thread, isHeld: lock !== undefined && (await hold(lock)) });
}

/** @param {object} module */
function instantiate(module) {
  const { WebAssembly } = /** @type {any} */ (globalThis); // of which Node's types know nothing
  return /** @type {Run} */ (new WebAssembly.Instance(module, { env: { memory: given.memory } }).exports.run);
}

/** Does what is in the ring. Returns to wait for messages: when there is nothing, or when a program's module is still to come. */
function drain() {
  for (let looks = 0; looks < ringSpinLimit; looks++)
    while (Atomics.load(words, head) !== taken) {
      if (!isKnown()) return;
      attempt();
      if (isOver) return;
      looks = 0;
    }
  Atomics.store(words, asleep + given.thread, 1);
  // What was posted between the last look and this is ours to see, unless the caller has seen us asleep.
  if (Atomics.load(words, head) !== taken && Atomics.exchange(words, asleep + given.thread, 0) === 1) drain();
}

/** @param {number} operand of the next command */
const read = (operand) => /** @type {number} */ (words[ring + at + operand]);

function isKnown() {
  if (read(1) === skip) at = 0;
  return read(1) !== run || programs.has(read(layout.program));
}

function attempt() {
  try {
    execute();
  } catch (error) {
    isOver = true;
    layout.stopBarriers(words);
    port.postMessage({ failed: error instanceof Error ? error.message : String(error) });
  }
}

/** This thread's share of the next command. None leaves it before all have come to its end; some may leave it later than others. */
function execute() {
  const { thread } = given;
  const length = read(0); // read now: once thread 0 has left the command, maybe before this thread has, the caller may write another in its place
  if (read(1) === run) isOver = runShare();
  else {
    if (thread === 0) move(read(2) >>> 0, read(3) >>> 0, read(4) >>> 0);
    isOver = waitAtBarrier();
  }
  if (isOver) return;
  at += length;
  taken = (taken + 1) | 0;
  if (thread !== 0) return;
  Atomics.store(words, done, taken);
  if (Atomics.load(words, notifyAtPosted) === taken || Atomics.load(words, notifyAtAwaited) === taken) port.postMessage({ done: taken });
}

/** Runs this thread's share of a program, or waits for those that do. True as soon as it should stop. */
function runShare() {
  const { block, thread, threads, spinLimit } = given;
  const program = /** @type {Run} */ (programs.get(read(layout.program)));
  const table = block + 4 * (ring + at + header);
  const threadCount = read(layout.threadCount);
  const barrier = threadCount === threads ? 0 : subsetBarrier;
  const start = performance.now();
  if (thread < threadCount && program(table, thread, threadCount, spinLimit, block + 4 * barrier) !== 0) return true;
  if (threadCount < threads && waitAtBarrier()) return true;
  if (thread === 0) {
    words[ring + at + layout.tookUs] = Math.min(1000 * (performance.now() - start), 2 ** 31 - 1);
    words[ring + at + layout.sleepCount] = Atomics.exchange(words, barrier + layout.barrierSleeps, 0);
  }
  return false;
}

/** @param {number} to @param {number} from @param {number} bytes */
function move(to, from, bytes) {
  new Uint8Array(given.memory.buffer).copyWithin(to, from, from + bytes);
}

/** As the barrier of the modules: returns once all threads are here, true as soon as they should stop. */
function waitAtBarrier() {
  const now = Atomics.load(words, barrierPhase);
  if (Atomics.add(words, barrierArrived, 1) + 1 === given.threads) {
    Atomics.store(words, barrierArrived, 0);
    Atomics.store(words, barrierPhase, now + 1);
    Atomics.notify(words, barrierPhase);
  } else
    while (Atomics.load(words, barrierPhase) === now && Atomics.load(words, barrierStop) === 0) Atomics.wait(words, barrierPhase, now, 100);
  return Atomics.load(words, barrierStop) !== 0;
}

if (parent) parent.on("message", receive);
else scope.addEventListener("message", ({ data }) => receive(data));
