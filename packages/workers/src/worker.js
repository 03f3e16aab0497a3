// One thread: takes commands from the ring in shared memory, runs its share of each, and sleeps when there are none.
// Plain JavaScript, since Node and bundlers load it by its address.
// @ts-check
import * as layout from "./layout.js";
import { hold } from "./presence.js";

const { all, asleep, awaited, count, done, fewer, head, header, phase, ring, run, skip, stop } = layout;

/**
 * @typedef {{ readonly buffer: ArrayBuffer }} Memory
 * @typedef {{ readonly memory: Memory, readonly block: number, readonly thread: number, readonly threads: number, readonly spin: number }} Start
 * @typedef {{ readonly start: Start, readonly lock?: string } | { readonly program: number, readonly module: object } | { readonly forget: number } | { readonly wake: true }} Message
 * @typedef {(table: number, thread: number, threads: number, spin: number, meeting: number) => number} Run
 */

/** Looks at the ring so often before it sleeps: some 20 µs. */
const patience = 2000;

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
    void introduce(message.lock);
  } else if ("program" in message) programs.set(message.program, instantiate(message.module));
  else if ("forget" in message) programs.delete(message.forget);
  if (!isOver) drain();
}

/**
 * Says that this thread is ready, and whether it holds the lock that tells of its end. Node, which has an event for that, names none.
 * @param {string | undefined} lock
 */
async function introduce(lock) {
  port.postMessage({ ready: given.thread, isHeld: lock !== undefined && (await hold(lock)) });
}

/** @param {object} module */
function instantiate(module) {
  const { WebAssembly } = /** @type {any} */ (globalThis); // of which Node's types know nothing
  return /** @type {Run} */ (new WebAssembly.Instance(module, { env: { memory: given.memory } }).exports.run);
}

/** Does what is in the ring. Returns to wait for messages: when there is nothing, or when a program's module is still to come. */
function drain() {
  for (let looks = 0; looks < patience; looks++)
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
    for (const place of [0, fewer]) {
      Atomics.store(words, place + stop, 1);
      Atomics.notify(words, place + phase);
    }
    port.postMessage({ failed: error instanceof Error ? error.message : String(error) });
  }
}

/** This thread's share of the next command. All threads leave it together. */
function execute() {
  const { thread } = given;
  if (read(1) === run) isOver = take();
  else {
    if (thread === 0) move(read(2) >>> 0, read(3) >>> 0, read(4) >>> 0);
    isOver = meet();
  }
  if (isOver) return;
  at += read(0);
  taken = (taken + 1) | 0;
  if (thread !== 0) return;
  Atomics.store(words, done, taken);
  if (Atomics.load(words, all) === taken || Atomics.load(words, awaited) === taken) port.postMessage({ done: taken });
}

/** Takes part in a run, or waits for those who do. True as soon as it should stop. */
function take() {
  const { block, thread, threads, spin } = given;
  const program = /** @type {Run} */ (programs.get(read(layout.program)));
  const table = block + 4 * (ring + at + header);
  const size = read(layout.size);
  const place = size === threads ? 0 : fewer;
  const start = performance.now();
  if (thread < size && program(table, thread, size, spin, block + 4 * place) !== 0) return true;
  if (size < threads && meet()) return true;
  if (thread === 0) {
    words[ring + at + layout.took] = Math.min(1000 * (performance.now() - start), 2 ** 31 - 1);
    words[ring + at + layout.slept] = Atomics.exchange(words, place + layout.sleeps, 0);
  }
  return false;
}

/** @param {number} to @param {number} from @param {number} bytes */
function move(to, from, bytes) {
  new Uint8Array(given.memory.buffer).copyWithin(to, from, from + bytes);
}

/** As the barrier of the modules: returns once all threads are here, true as soon as they should stop. */
function meet() {
  const now = Atomics.load(words, phase);
  if (Atomics.add(words, count, 1) + 1 === given.threads) {
    Atomics.store(words, count, 0);
    Atomics.store(words, phase, now + 1);
    Atomics.notify(words, phase);
  } else while (Atomics.load(words, phase) === now && Atomics.load(words, stop) === 0) Atomics.wait(words, phase, now, 100);
  return Atomics.load(words, stop) !== 0;
}

if (parent) parent.on("message", receive);
else scope.addEventListener("message", ({ data }) => receive(data));
