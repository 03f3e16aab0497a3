// The compiled kernels of a device: by text and length, so that equal structures share one; bounded, the one longest unused goes first.
import { helpers } from "./helpers.ts";
import type { Argument, GPU, Kernel, Mode, Settings, Texture } from "./gpujs.ts";
import { type Shader, argumentsOf } from "./shader.ts";

export interface Kernels {
  /** Compiles, unless it is. Throws what gpu.js throws, and where the kernel would run anywhere but on the GPU. */
  prepare(shader: Shader): void;
  /** Runs over `length` threads; one texture per output, each to be deleted. */
  run(shader: Shader, textures: readonly Texture[], numbers: readonly number[], length: number): Texture[];
  readonly size: number;
}

/** `standIn` is any texture: kernels are compiled for the types of their arguments. Past `most` the one longest unused is destroyed. */
export function createKernels(gpu: GPU, mode: Mode, standIn: Texture, most = 512): Kernels {
  const kept = new Map<string, Held>();
  const evict = (): void => {
    const [oldest] = kept;
    kept.delete(oldest![0]);
    destroy(oldest![1].kernel);
  };
  const held = (shader: Shader): Held => {
    const key = `${shader.length}:${shader.outputs}:${shader.code}`;
    const known = kept.get(key);
    if (known !== undefined) {
      kept.delete(key); // to the end: the most recently used
      kept.set(key, known);
      return known;
    }
    const made = build(gpu, mode, shader, standIn);
    kept.set(key, made);
    if (kept.size > most) evict();
    return made;
  };
  return {
    prepare: (shader) => void held(shader),
    run(shader, textures, numbers, length) {
      const entry = held(shader);
      if (entry.length !== length) entry.kernel.setOutput([(entry.length = length)]);
      const result = entry.kernel(...textures, ...numbers, ...(shader.specials ? specials : []));
      forget(entry.kernel);
      return texturesOf(result, shader.outputs);
    },
    get size() {
      return kept.size;
    },
  };
}

interface Held {
  readonly kernel: Kernel;
  /** Threads it is set to. */
  length: number;
}

/** Every scalar operation and division that kernels may call. Before the first kernel. */
export function addHelpers(gpu: GPU): void {
  for (const [name, { source, returns, takes }] of Object.entries(helpers))
    gpu.addNativeFunction(name, source, {
      returnType: returns,
      argumentTypes: Object.fromEntries(takes.map((type, i) => [`x${i}`, type])),
    });
}

export const settings = {
  dynamicArguments: true, // textures of any size may come: without it other sizes give stale values, silently
  pipeline: true,
  immutable: true, // each run has a texture of its own
  precision: "single",
  tactic: "precision", // otherwise small textures get mediump
  optimizeFloatMemory: false,
} as const;

/** `inf` and `nan`. */
const specials = [Infinity, NaN];

function build(gpu: GPU, mode: Mode, shader: Shader, standIn: Texture): Held {
  const { code, textures, numbers, outputs, length } = shader;
  const types = [
    ...new Array<"ArrayTexture(1)">(textures).fill("ArrayTexture(1)"),
    ...new Array<"Integer">(numbers).fill("Integer"),
    ...(shader.specials ? specials.map(() => "Float" as const) : []),
  ];
  const all: Settings = {
    ...settings,
    output: [length ?? 1],
    dynamicOutput: length === undefined,
    argumentTypes: Object.fromEntries(argumentsOf(shader).map((name, i) => [name, types[i]!])),
  };
  const extra = Object.fromEntries(Array.from({ length: outputs - 1 }, (_, i) => [`out${i + 1}`, `function out${i + 1}(x) { return x; }`]));
  const kernel = outputs > 1 ? gpu.createKernelMap(extra, code, all) : gpu.createKernel(code, all);
  const example: Argument[] = [
    ...new Array<Texture>(textures).fill(standIn),
    ...new Array<number>(numbers).fill(0),
    ...(shader.specials ? specials : []),
  ];
  kernel.build(...example);
  checkReal(kernel, mode);
  return { kernel, length: length ?? 1 };
}

/** gpu.js falls back to the processor without a word: a kernel that is not on the GPU is an error here. */
export function checkReal({ kernel }: Kernel, mode: Mode): void {
  const { mode: ran } = kernel.constructor;
  if (ran !== "gpu" || (kernel.fallbackReason ?? null) !== null)
    throw new Error(`gpu.js took mode ${ran} instead of ${mode}${kernel.fallbackReason ? `: ${kernel.fallbackReason}` : ""}`);
}

function texturesOf(result: ReturnType<Kernel>, outputs: number): Texture[] {
  if (outputs === 1) return [result as Texture];
  const named = result as Readonly<Record<string, Texture>>;
  return Array.from({ length: outputs }, (_, i) => named[i === 0 ? "result" : `out${i}`]!);
}

/** Gives a texture back. With the last reference it is deleted, also where the kernel that made it is destroyed: those gpu.js would leave. */
export function drop(gl: GPU["context"], texture: Texture): void {
  texture.delete();
  if (texture.texture._refs === 0) gl.deleteTexture(texture.texture); // a second time does nothing
}

/** A kernel that has read its own output keeps what it read, to render into it later, even where it has another size by then. */
function forget({ kernel: { kernelArguments } }: Kernel): void {
  for (const argument of kernelArguments) {
    argument.prevArg?.delete();
    argument.prevArg = null;
  }
}

/** Destroys a kernel, not what it has rendered: gpu.js would delete its first output with it, whoever holds it. */
function destroy(kernel: Kernel): void {
  kernel.kernel.textureCache.length = 0;
  kernel.destroy();
}
