// One gpu.js on one WebGL context, shared by all backends of a page or process: a page has few contexts, and the oldest are lost without a word.
import type { SluiceError } from "@sluice/core";
import { failureOf } from "./failure.ts";
import { type GPU, type GpuJs, type Mode, type Texture, load } from "./gpujs.ts";
import { addHelpers, createKernels, drop } from "./kernels.ts";
import { type Limits, limitsOf } from "./limits.ts";
import { keepsOf, type SpecialNumbers } from "./probe.ts";
import { createReader } from "./reader.ts";
import type { Shader } from "./shader.ts";
import type { Sheet } from "./sheet.ts";
import { createUploader } from "./uploader.ts";

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
    addHelpers(gpu);
    return deviceOf(library, gpu, mode);
  } catch (error) {
    await gpu.destroy();
    throw error;
  }
}

function deviceOf(library: GpuJs, gpu: GPU, mode: Mode): Device {
  const counts: Counts = { dispatches: 0, packs: 0, uploads: 0, reads: 0, rendered: 0, uploaded: 0, downloaded: 0 };
  const { upload, first } = createUploader(library, gpu, mode);
  const { context: gl } = gpu;
  const kernels = createKernels(gpu, mode, first);
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
