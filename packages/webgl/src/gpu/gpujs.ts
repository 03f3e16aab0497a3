// The part of gpu.js that this package uses, typed as it is used: its own declarations are looser. Loaded when a backend opens, never before.

/** The modes of gpu.js that are real WebGL. */
export type Mode = "webgl2" | "webgl" | "headlessgl";

/** One reference to a texture of floats, a float per texel. References are counted on the GL texture itself; each is to be deleted. */
export interface Texture {
  readonly texture: WebGLTexture & { readonly _refs: number };
  readonly size: ArrayLike<number>;
  delete(): void;
}

export type Argument = Texture | number | object;

/** What `createKernel` returns. Calling it builds it first, for arguments of the same types. */
export interface Kernel {
  (...args: readonly Argument[]): Texture | Readonly<Record<string, Texture>>;
  build(...args: readonly Argument[]): void;
  setOutput(output: readonly [number]): void;
  destroy(): void;
  /** The kernel proper; another one after gpu.js has switched or fallen back. */
  readonly kernel: {
    readonly constructor: { readonly mode: string };
    readonly fallbackReason?: string | null;
    readonly textureCache: WebGLTexture[];
    readonly kernelArguments: readonly { prevArg: Texture | null }[];
  };
}

export interface Settings {
  readonly output: readonly [number];
  readonly argumentTypes: Readonly<Record<string, "ArrayTexture(1)" | "Integer" | "Float" | "Input">>;
  readonly dynamicOutput: boolean;
  readonly dynamicArguments: true;
  readonly pipeline: true;
  readonly immutable: true;
  readonly precision: "single";
  readonly tactic: "precision";
  readonly optimizeFloatMemory: false;
}

export interface GPU {
  readonly context: WebGLRenderingContext | WebGL2RenderingContext;
  readonly Kernel: { readonly features: { readonly channelCount: number; readonly maxTextureSize: number } };
  addNativeFunction(name: string, source: string, types: { readonly returnType: string; readonly argumentTypes: object }): void;
  createKernel(source: string, settings: Settings): Kernel;
  createKernelMap(outputs: Readonly<Record<string, string>>, source: string, settings: Settings): Kernel;
  destroy(): Promise<void>;
}

export interface GpuJs {
  readonly GPU: new (options: { readonly mode: Mode }) => GPU;
  /** A flat array as an argument. */
  readonly Input: new (value: Float32Array, size: readonly [number]) => object;
}

/** gpu.js, with nothing run yet. */
export async function load(): Promise<GpuJs> {
  return (await import("gpu.js")) as unknown as GpuJs; // its own declarations do not say what is true here: float textures alone
}
