// One gpu.js on one WebGL context, shared by all backends of a page or process: a page has few contexts, and the oldest are lost without a word.
import type { SluiceError } from "@sluice/core";
import { failureOf } from "./failure.ts";
import { type GPU, type GpuJs, type Mode, type Texture, load } from "./gpujs.ts";
import { addHelpers, checkReal, createKernels, drop, settings } from "./kernels.ts";
import { keepsOf, type SpecialNumbers } from "./probe.ts";
import { createReader } from "./reader.ts";
import type { Shader } from "./shader.ts";
import type { Sheet } from "./sheet.ts";

/** What has happened since the device was opened. */
export interface Counts {
  /** Kernels run, uploads not among them. */
  dispatches: number;
  /** Those among them that lay what is on several textures onto one. */
  packs: number;
  uploads: number;
  reads: number;
  /** Bytes that kernels rendered, at four a float. */
  rendered: number;
  /** Bytes from and to the host. */
  uploaded: number;
  downloaded: number;
}

/** At most. */
export interface Limits {
  /** Textures that one kernel may read. */
  readonly textures: number;
  /** Slots that one step may touch: one texture fewer, which is for what a partial write leaves as it is. */
  readonly slots: number;
  /** Outputs of one kernel. */
  readonly outputs: number;
  /** Elements of one texture. */
  readonly length: number;
}

export interface Device {
  readonly mode: Mode;
  readonly limits: Limits;
  /** Measured when it was opened. */
  readonly keeps: SpecialNumbers;
  readonly counts: Counts;
  /** Textures that sheets keep, and kernels compiled, now. */
  readonly textures: number;
  readonly kernels: number;
  /** Why nothing can be done with it any more: the browser took the context away, or memory ran out. For good. */
  readonly failure: SluiceError | undefined;
  /** Compiles, unless it is. */
  prepare(shader: Shader): void;
  /** One dispatch; a sheet per output, held by nobody. */
  launch(shader: Shader, inputs: readonly Sheet[], numbers: readonly number[], length: number): Sheet[];
  /** Elements of a sheet, copied. Throws `failure`. */
  read(sheet: Sheet, from: number, length: number): Float32Array;
  /** One holder fewer; without any its texture is deleted. */
  release(sheet: Sheet): void;
  destroy(): Promise<void>;
}

/** Opens a device. Throws where gpu.js has no such mode here, and where the context lacks float textures. */
export async function openDevice(mode: Mode): Promise<Device> {
  const library = await load();
  const gpu = new library.GPU({ mode });
  try {
    return deviceOf(library, gpu, mode);
  } catch (error) {
    await gpu.destroy();
    throw error;
  }
}

function deviceOf(library: GpuJs, gpu: GPU, mode: Mode): Device {
  addHelpers(gpu);
  const counts: Counts = { dispatches: 0, packs: 0, uploads: 0, reads: 0, rendered: 0, uploaded: 0, downloaded: 0 };
  const uploader = gpu.createKernel("function (data) { return data[this.thread.x]; }", {
    ...settings,
    output: [1],
    dynamicOutput: true,
    argumentTypes: { data: "Input" },
  });
  const upload = (data: Float32Array): Texture => {
    uploader.setOutput([data.length]);
    return uploader(new library.Input(data, [data.length])) as Texture;
  };
  const standIn = upload(new Float32Array(1));
  checkReal(uploader, mode);
  const { context: gl } = gpu;
  const kernels = createKernels(gpu, mode, standIn);
  const reader = createReader(gl);
  let textures = 0;
  let failure: SluiceError | undefined;

  const textureOf = (sheet: Sheet): Texture => {
    if (sheet.texture !== undefined) return sheet.texture;
    counts.uploads++;
    counts.uploaded += sheet.length * 4;
    textures++;
    sheet.texture = upload(sheet.data ?? new Float32Array(sheet.length));
    sheet.data = undefined;
    return sheet.texture;
  };
  const device: { -readonly [K in keyof Device]: Device[K] } = {
    mode,
    limits: limitsOf(gpu),
    keeps: { nan: false, infinity: false, signedZeros: false },
    counts,
    get textures() {
      return textures;
    },
    get kernels() {
      return kernels.size;
    },
    get failure() {
      return (failure ??= failureOf(gl, "context"));
    },
    prepare: (text) => kernels.prepare(text),
    launch(text, inputs, numbers, length) {
      const results = kernels.run(text, inputs.map(textureOf), numbers, length);
      counts.dispatches++;
      counts.rendered += results.length * length * 4;
      textures += results.length;
      return results.map((texture) => ({ length, data: undefined, texture, holders: 0 }));
    },
    read(sheet, from, length) {
      if (sheet.texture === undefined) return sheet.data?.slice(from, from + length) ?? new Float32Array(length);
      counts.reads++;
      counts.downloaded += length * 4;
      const contents = reader(sheet.texture, from, length);
      failure ??= failureOf(gl, "errors");
      if (failure !== undefined) throw failure;
      return contents;
    },
    release(sheet) {
      if (--sheet.holders > 0 || sheet.texture === undefined) return;
      drop(gl, sheet.texture);
      sheet.texture = undefined;
      textures--;
    },
    destroy: () => gpu.destroy(),
  };
  device.keeps = keepsOf(device);
  return device;
}

function limitsOf({ context: gl, Kernel: { features } }: GPU): Limits {
  const units = gl.getParameter(gl.MAX_COMBINED_TEXTURE_IMAGE_UNITS) as number;
  if (units < 16) throw new Error(`${units} texture units are too few: gpu.js needs 16`);
  // Unit 15 is where gpu.js makes new textures, whatever a kernel has bound there.
  const textures = Math.min(15, gl.getParameter(gl.MAX_TEXTURE_IMAGE_UNITS) as number);
  return { textures, slots: textures - 1, outputs: features.channelCount, length: Math.min(mostElements, features.maxTextureSize ** 2) };
}

/** Positions in kernels are floats, which hold whole numbers up to here. */
const mostElements = 2 ** 24;
