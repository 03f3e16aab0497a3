// The cpu backend's verbs: buffers are ranges of one memory, and everything happens before a call returns.
import { type Backend, type DType, SluiceError, type Supports, check } from "@sluice/core";
import { asyncDispose, bytes, guard } from "@sluice/core/kit";
import { createAllocator } from "./allocator.ts";
import { createArena } from "./arena.ts";
import { type Buffer, addressOf, bufferAt, contentsOf } from "./buffer.ts";
import { type Host, compile } from "./compile.ts";
import { createMachine } from "./machine.ts";
import { createMemory, most } from "./memory.ts";

export interface Options {
  /** Most bytes that buffers, constants and scratch take together: whole pages of 64 KiB, up to 4 GiB. Default 2 GiB. */
  readonly memory?: number;
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
export async function open({ memory: limit = 2 ** 31 }: Options = {}): Promise<Backend<Buffer>> {
  if (!Number.isSafeInteger(limit) || limit < 65536 || limit > most)
    throw new SluiceError({
      code: "INVALID_ARGUMENT",
      who: "cpu.open",
      what: `memory is a whole number of bytes from 65536 to ${most}, got ${limit}`,
      facts: { memory: limit },
    });
  const memory = createMemory(limit);
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
  const host: Host = {
    machine: createMachine(memory),
    scratch: ({ dtype, length }) => bufferAt(memory, 0, dtype, length),
    constant({ dtype, length, data }) {
      const buffer = place("compile", dtype, length);
      contentsOf(buffer, 0, length).set(data!);
      return buffer;
    },
    release: (buffer) => allocator.release(addressOf(buffer)),
    enter(lease) {
      if (!arena.enter(lease)) throw full("compile", lease.size);
    },
    leave: (lease) => arena.leave(lease),
  };

  return {
    name: "cpu",
    supports,
    create(dtype, length) {
      guards.create(dtype, length);
      const buffer = place("create", dtype, length);
      contentsOf(buffer, 0, length).fill(0);
      return buffer;
    },
    write(buffer, data, at = 0) {
      guards.write(buffer, data, at);
      memory[buffer.dtype].set(data, buffer.at + at);
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
      const executable = compile(program, host);
      return {
        executor: executable.executor,
        run(bindings) {
          guards.bind(program, bindings);
          executable.run(bindings);
        },
        destroy() {
          guards.open("destroy");
          executable.destroy();
        },
      };
    },
    close() {
      guards.closed = true;
    },
    async [asyncDispose]() {
      guards.closed = true;
    },
  };
}

function supportsOf(limit: number): Supports {
  return {
    dtypes: ["f32", "f64", "i32"],
    bindings: Infinity,
    inPlace: true,
    ops: ["neg", "exp", "log", "sqrt", "tanh", "sigmoid", "add", "sub", "mul", "div", "max", "min", "less", "select"],
    length: Math.floor(limit / bytes.f32),
    // In f64, measured on V8 against 200-bit arithmetic: exp 0.84, log 0.82, tanh 2.1, sigmoid 1.9. An f32 result is within 0.5000001 ulp of the same operation.
    accuracy: { exp: 1, log: 1, sqrt: 0.5, tanh: 2.5, sigmoid: 2.5, div: 0.5, sum: 0.5 },
    keeps: { nan: true, infinity: true, denormals: true },
    repeats: "process", // Math.exp and its like differ between engines.
  };
}
