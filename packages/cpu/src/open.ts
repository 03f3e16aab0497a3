// The cpu backend's verbs: buffers are ranges of one memory, and everything happens before a call returns.
import { type Backend, SluiceError, check as checkProgram } from "@sluice/core";
import { boolean, check, type Names, options, wholeIn } from "@sluice/core/arguments";
import { asyncDispose, guard, runPasses } from "@sluice/core/kit";
import { becomesModule, compile, hasSimd, obstacle, timeTiling } from "./generator/index.ts";
import { compile as interpret } from "./interpreter/compile.ts";
import { createMachine } from "./interpreter/machine.ts";
import { type Buffer, contentsOf } from "./memory/buffer.ts";
import { createMemory, createWasmMemory, isWasm, maxMemoryBytes } from "./memory/memory.ts";
import { createHeap } from "./memory/heap.ts";
import { supportsOf } from "./supports.ts";

export interface Options {
  /** Most bytes that buffers, constants and scratch take together: whole pages of 64 KiB, up to 4 GiB. Default 2 GiB. */
  readonly memory?: number;
  /** Run Programs without f64 on WebAssembly SIMD. Default: where the machine has it and the page's policy allows it; otherwise the block interpreter runs them all. */
  readonly simd?: boolean;
}

const names: Names<Options> = { memory: true, simd: true };

/**
 * Opens a backend on the calling thread. It takes memory as it is needed, and nothing while it is idle.
 *
 * Programs of f32 and i32 run as WebAssembly SIMD, those with f64 on the block interpreter, which computes in float64; `executor` tells.
 * Throws INVALID_ARGUMENT for an option that there is not and a `memory` that is no number of bytes from 64 KiB to 4 GiB, OUT_OF_MEMORY where the system has no addresses left, BACKEND_UNAVAILABLE where `simd` is asked for and
 * there is none, or a page's policy forbids it. Its verbs throw by the codes of `Backend`; OUT_OF_MEMORY tells the bytes wanted, in use, and the limit.
 *
 * ```ts
 * const backend = await open();
 * const x = backend.create("f32", 3);
 * backend.write(x, Float32Array.of(1, 2, 3));
 * ```
 */
export async function open(given: Options = {}): Promise<Backend<Buffer>> {
  const { memory: limit = 2 ** 31, simd = hasSimd() } = options("cpu.open", given, names);
  check("cpu.open", "simd", simd, boolean);
  check("cpu.open", "memory", limit, wholeIn(2 ** 16, maxMemoryBytes));
  if (simd) checkMachine();
  const memory = simd ? createWasmMemory(limit) : createMemory(limit);
  const supports = supportsOf(limit);
  const guards = guard<Buffer>({ name: "cpu", ...supports, held: (buffer) => (buffer?.memory === memory ? buffer : undefined) });

  const heap = createHeap({ name: "cpu", memory, limitBytes: limit });
  const machine = createMachine(memory);

  const passes = isWasm(memory) ? [timeTiling] : [];
  return {
    name: "cpu",
    supports,
    passes,
    create(dtype, length) {
      guards.create(dtype, length);
      return heap.create(dtype, length);
    },
    write(buffer, data, at = 0) {
      guards.write(buffer, data, at);
      memory[buffer.dtype].set(data, buffer.startElement + at);
      heap.markWritten(buffer);
    },
    async read(buffer, at = 0, length = buffer.length - at, into) {
      guards.read(buffer, at, length, into);
      const contents = contentsOf(buffer, at, length);
      if (into === undefined) return contents.slice();
      into.set(contents);
      return into;
    },
    destroy(buffer) {
      guards.use("destroy", buffer).alive = false;
      heap.release(buffer);
    },
    compile(program) {
      guards.open("compile");
      checkProgram(program, supports);
      const ready = runPasses(program, passes, supports);
      if (isWasm(memory) && becomesModule(program))
        return compile(ready, memory, heap).then((executable) => guards.executable(program, executable));
      return guards.executable(program, interpret(ready, machine, heap));
    },
    close() {
      guards.closed = true;
    },
    async [asyncDispose]() {
      guards.closed = true;
    },
  };
}

function checkMachine(): void {
  const missing = obstacle();
  if (missing === undefined) return;
  throw new SluiceError({
    code: "BACKEND_UNAVAILABLE",
    who: "cpu.open",
    what: missing.what,
    fix: `${missing.fix === undefined ? "Leave" : `${missing.fix}, or leave`} \`simd\` out: the block interpreter runs everywhere`,
  });
}
