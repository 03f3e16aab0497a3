// The cpu backend's verbs: buffers are ranges of one memory, and everything happens before a call returns.
import { type Backend, type DType, SluiceError, check } from "@sluice/core";
import { asyncDispose, bytes, guard } from "@sluice/core/kit";
import { createAllocator } from "./allocator.ts";
import { createArena } from "./arena.ts";
import { type Buffer, addressOf, bufferAt, contentsOf } from "./buffer.ts";
import type { Host } from "./host.ts";
import { compile as interpret } from "./interpreter/compile.ts";
import { createMachine } from "./interpreter/machine.ts";
import { createMemory, createWasmMemory, isWasm, most } from "./memory.ts";
import { hasSimd } from "./simd/available.ts";
import { compile } from "./simd/compile.ts";
import { supportsOf } from "./supports.ts";

export interface Options {
  /** Most bytes that buffers, constants and scratch take together: whole pages of 64 KiB, up to 4 GiB. Default 2 GiB. */
  readonly memory?: number;
  /** Run Programs without f64 on WebAssembly SIMD. Default: where the machine has it; otherwise the block interpreter runs them all. */
  readonly simd?: boolean;
}

/**
 * Opens a backend on the calling thread. It takes memory as it is needed, and nothing while it is idle.
 *
 * Bodies, folds and products are computed in float64 and rounded once, when they are stored. Throws INVALID_ARGUMENT for a `memory` that is
 * no number of bytes from 64 KiB to 4 GiB. Its verbs throw by the codes of `Backend`; OUT_OF_MEMORY tells the bytes wanted, in use, and the limit.
 *
 * ```ts
 * const backend = await open();
 * const x = backend.create("f32", 3);
 * backend.write(x, Float32Array.of(1, 2, 3));
 * ```
 */
export async function open({ memory: limit = 2 ** 31, simd = hasSimd() }: Options = {}): Promise<Backend<Buffer>> {
  if (!Number.isSafeInteger(limit) || limit < 65536 || limit > most)
    throw new SluiceError({
      code: "INVALID_ARGUMENT",
      who: "cpu.open",
      what: `memory is a whole number of bytes from 65536 to ${most}, got ${limit}`,
      facts: { memory: limit },
    });
  if (simd && !hasSimd())
    throw new SluiceError({
      code: "BACKEND_UNAVAILABLE",
      who: "cpu.open",
      what: "there is no WebAssembly SIMD here",
      fix: "Leave `simd` out: the block interpreter runs everywhere",
    });
  const memory = simd ? createWasmMemory(limit) : createMemory(limit);
  const allocator = createAllocator((size) => memory.grow(size));
  const arena = createArena(allocator);
  const supports = supportsOf(limit);
  const guards = guard<Buffer>({ name: "cpu", ...supports, held: (buffer) => (buffer?.memory === memory ? buffer : undefined) });

  const full = (verb: string, wanted: number): SluiceError =>
    new SluiceError({
      code: "OUT_OF_MEMORY",
      who: `cpu.${verb}`,
      what: `${wanted} bytes wanted, ${allocator.used} in use, the limit is ${limit}`,
      fix: limit < most ? "Destroy what is no longer needed, or open with more `memory`" : "Destroy what is no longer needed",
      facts: { wanted, used: allocator.used, limit },
    });
  const place = (verb: string, dtype: DType, length: number): Buffer => {
    const address = allocator.allocate(length * bytes[dtype]);
    if (address === undefined) throw full(verb, length * bytes[dtype]);
    return bufferAt(memory, address, dtype, length);
  };
  let clock = 0;
  const machine = createMachine(memory);
  const host: Host = {
    scratch: ({ dtype, length }) => bufferAt(memory, 0, dtype, length),
    constant({ dtype, length, data }) {
      const buffer = place("compile", dtype, length);
      if (data === undefined) contentsOf(buffer, 0, length).fill(0);
      else contentsOf(buffer, 0, length).set(data);
      return buffer;
    },
    release: (buffer) => allocator.release(addressOf(buffer)),
    enter(lease) {
      if (!arena.enter(lease)) throw full("compile", lease.size);
    },
    leave: (lease) => arena.leave(lease),
    touch: (buffer) => void (buffer.version = ++clock),
  };

  return {
    name: "cpu",
    supports,
    create(dtype, length) {
      guards.create(dtype, length);
      const buffer = place("create", dtype, length);
      contentsOf(buffer, 0, length).fill(0);
      host.touch(buffer);
      return buffer;
    },
    write(buffer, data, at = 0) {
      guards.write(buffer, data, at);
      memory[buffer.dtype].set(data, buffer.at + at);
      host.touch(buffer);
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
      host.release(buffer);
    },
    compile(program) {
      guards.open("compile");
      check(program, supports);
      const isNarrow = program.slots.every(({ dtype }) => dtype !== "f64");
      if (isWasm(memory) && isNarrow) return compile(program, memory, host).then((executable) => guards.executable(program, executable));
      return guards.executable(program, interpret(program, machine, host));
    },
    close() {
      guards.closed = true;
    },
    async [asyncDispose]() {
      guards.closed = true;
    },
  };
}
