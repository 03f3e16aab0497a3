// The webgl backend's verbs. Buffers are textures on a WebGL context that all backends of the page share; gpu.js compiles and runs the kernels.
import { type Backend, type Executable, SluiceError, type Supports, type TypedArray, check } from "@sluice/core";
import { type Names, options, show } from "@sluice/core/arguments";
import { asyncDispose, guard, scalarOps } from "@sluice/core/kit";
import { compile } from "./compile.ts";
import type { Counts, Device } from "./gpu/device.ts";
import { brokenOff } from "./gpu/failure.ts";
import type { Mode } from "./gpu/gpujs.ts";
import { type Lease, acquire } from "./gpu/shared.ts";
import { type Buffer, bufferOf, empty, read, write } from "./memory/buffer.ts";
import { floatsOf } from "./memory/floats.ts";

export interface Options {
  /** The modes of gpu.js to try, in order; each is real WebGL. Default webgl2, then webgl; "headlessgl" in Node, with the package `gl`. */
  readonly modes?: readonly Mode[];
}

/** A backend that also tells what it did. */
export interface WebGLBackend extends Backend<Buffer> {
  /** The mode that really runs. */
  readonly mode: Mode;
  /** Of the device, which all backends of this mode share: work since it was opened, and what it keeps now. */
  statistics(): Counts & { readonly textures: number; readonly kernels: number };
}

const names: Names<Options> = { modes: true };

/**
 * Opens a backend on WebGL, by the first of `modes` that works: a kernel has run on it and given the right numbers.
 *
 * It never runs anything but WebGL. Values are float32; i32 is exact up to 2²⁴. Throws BACKEND_UNAVAILABLE with the reason of every mode;
 * INVALID_ARGUMENT for an option that there is not and a mode that is none. After a lost context reads reject with BACKEND_FAILED,
 * where memory ran out with OUT_OF_MEMORY, and a backend opened anew works.
 *
 * ```ts
 * const backend = await open({ modes: ["webgl2"] });
 * const x = backend.create("f32", 3);
 * backend.write(x, Float32Array.of(1, 2, 3));
 * ```
 */
export async function open(given: Options = {}): Promise<WebGLBackend> {
  const { modes = ["webgl2", "webgl"] } = options("webgl.open", given, names);
  const isList: boolean = Array.isArray(modes);
  if (!isList) throw noMode(modes);
  for (const mode of modes) if (!known.includes(mode)) throw noMode(mode);
  const reasons: string[] = [];
  for (const mode of modes) {
    try {
      return backendOn(await acquire(mode));
    } catch (error) {
      reasons.push(`${mode}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new SluiceError({
    code: "BACKEND_UNAVAILABLE",
    who: "webgl.open",
    what: `no WebGL runs here (${reasons.join("; ")})`,
    fix: 'Use a browser with WebGL and float textures, in Node modes: ["headlessgl"] with the package gl, or another backend',
    facts: { reasons },
  });
}

const known: readonly string[] = ["webgl2", "webgl", "headlessgl"] satisfies Mode[];

function backendOn({ device, giveBack }: Lease): WebGLBackend {
  const supports = supportsOf(device);
  const buffers = new Set<Buffer>();
  const own = new WeakSet<Buffer>();
  const guards = guard<Buffer>({
    name: "webgl",
    ...supports,
    held: (buffer) => (typeof buffer === "object" && own.has(buffer) ? buffer : undefined),
  });
  const executables = new Set<() => void>();
  const close = async (): Promise<void> => {
    if (guards.closed) return;
    guards.closed = true;
    buffers.forEach(empty);
    executables.forEach((destroy) => destroy());
    await giveBack();
  };
  return {
    name: "webgl",
    mode: device.mode,
    supports,
    statistics: () => ({ ...device.counts, textures: device.textures, kernels: device.kernels }),
    create(dtype, length) {
      guards.create(dtype, length);
      const buffer = bufferOf(device, dtype, length);
      own.add(buffer);
      buffers.add(buffer);
      return buffer;
    },
    write(buffer, data, at = 0) {
      guards.write(buffer, data, at);
      const floats = floatsOf(data, "webgl.write");
      if (data.length === buffer.length) buffer.failure = undefined;
      write(buffer, floats, at);
    },
    async read(buffer, at = 0, length = buffer.length - at, into) {
      guards.read(buffer, at, length, into);
      const contents = contentsOf(buffer, at, length);
      if (into === undefined) return contents;
      into.set(contents);
      return into;
    },
    destroy(buffer) {
      guards.use("destroy", buffer).alive = false;
      buffers.delete(buffer);
      empty(buffer);
    },
    compile(program) {
      guards.open("compile");
      check(program, supports);
      if (device.failure !== undefined) throw device.failure;
      return guards.executable(program, kept(executables, compile(program, device)));
    },
    close,
    [asyncDispose]: close,
  };
}

/** The executable, whose destroy is among `executables` until it happens. */
function kept(executables: Set<() => void>, { destroy, ...executable }: Executable<Buffer>): Executable<Buffer> {
  executables.add(destroy);
  return {
    ...executable,
    destroy() {
      executables.delete(destroy);
      destroy();
    },
  };
}

/** Throws why the buffer or the device can be read no more, also where that shows only now. */
function contentsOf(buffer: Buffer, at: number, length: number): TypedArray {
  if (buffer.failure !== undefined) throw buffer.failure;
  try {
    if (buffer.device.failure !== undefined) throw buffer.device.failure;
    return read(buffer, at, length);
  } catch (cause) {
    throw brokenOff("webgl.read", cause);
  }
}

function supportsOf({ limits, keeps }: Device): Supports {
  return {
    dtypes: ["f32", "i32"],
    bindings: limits.slots,
    inPlace: true,
    ops: scalarOps,
    length: limits.length,
    // Measured (accuracy.test.ts): exp 0.78, log 0.65, log1p 1.51, expm1 1.02, sqrt 0.5, tanh 1.2, sigmoid 1.5, sin and cos 1.3, erf 0.72, div 0.5. Declared is what GLSL ES 3.00 (§4.5.1) leaves to
    // a GPU: of its operations a division may be off by 2.5 ulp, a square root by more.
    accuracy: { exp: 1.5, log: 2, log1p: 4, expm1: 5, sqrt: 3, tanh: 3, sigmoid: 4, sin: 4, cos: 4, erf: 3, div: 2.5, sum: 0.5 },
    keeps: { ...keeps, denormals: false },
    excessPrecision: true, // GLSL may contract a product and a sum (GLSL ES 3.00 has no `precise`).
    repeats: "process",
  };
}

function noMode(mode: unknown): SluiceError {
  return new SluiceError({
    code: "INVALID_ARGUMENT",
    who: "webgl.open",
    what: `modes is a list of ${known.join(", ")}, got ${show(mode)}`,
    facts: { mode, known },
  });
}
