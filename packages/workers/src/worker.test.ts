// A thread by itself, on a ring that the test writes.
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import * as layout from "./layout.js";

/** Exports `run`, which gives its own command another length, as a caller may that reuses its place, and counts itself at the address that its table holds. */
const module = new WebAssembly.Module(
  Uint8Array.of(
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // "\0asm", version 1
    ...[0x01, 0x0a, 0x01, 0x60, 0x05, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x01, 0x7f], // a type: five i32 to one
    ...[0x02, 0x10, 0x01, 0x03, ...ascii("env"), 0x06, ...ascii("memory"), 0x02, 0x03, 0x00, 0x10], // a shared memory of up to 16 pages
    ...[0x03, 0x02, 0x01, 0x00], // a function of that type
    ...[0x07, 0x07, 0x01, 0x03, ...ascii("run"), 0x00, 0x00],
    ...[0x0a, 0x23, 0x01, 0x21, 0x00],
    ...[0x20, 0x00, 0x41, 4 * layout.header, 0x6b, 0x41, 0x05, 0x36, 0x02, 0x00], // the word before its operands: 5
    ...[0x20, 0x00, 0x28, 0x02, 0x00, 0x20, 0x00, 0x28, 0x02, 0x00, 0x28, 0x02, 0x00, 0x41, 0x01, 0x6a, 0x36, 0x02, 0x00], // one more
    ...[0x41, 0x00, 0x0b],
  ),
);

test("a thread goes on behind a command whose place is used again before it has left it", async () => {
  const memory = new WebAssembly.Memory({ initial: 16, maximum: 16, shared: true });
  const words = new Int32Array(memory.buffer, 0, layout.words);
  const counter = 4 * layout.words;
  const commands = 3;
  for (let i = 0; i < commands; i++) words.set([8, layout.run, 1, 1, 0, 0, counter, 0], layout.ring + 8 * i);
  const worker = new Worker(new URL("./worker.js", import.meta.url), { execArgv: [] });
  try {
    const done = new Promise((resolve, reject) => {
      worker.on("message", (message: object) => "ready" in message || resolve(message));
      worker.on("error", reject);
    });
    worker.postMessage({ start: { memory, block: 0, thread: 0, threads: 1, spinLimit: 0 } });
    worker.postMessage({ program: 1, module });
    Atomics.store(words, layout.notifyAtPosted, commands);
    Atomics.store(words, layout.head, commands);
    worker.postMessage({ wake: true });
    expect(await done).toEqual({ done: commands });
    expect(new Int32Array(memory.buffer)[counter / 4]).toBe(commands);
    expect(words[layout.ring]).toBe(5);
  } finally {
    await worker.terminate();
  }
});

function ascii(text: string): number[] {
  return [...text].map((character) => character.charCodeAt(0));
}
