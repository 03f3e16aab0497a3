// Brings floats from the host onto textures: a kernel of gpu.js that copies its argument, which is how gpu.js makes a texture of its own layout.
import type { GPU, GpuJs, Mode, Texture } from "./gpujs.ts";
import { checkReal, settings } from "./kernels.ts";

export interface Uploader {
  /** A new texture with these floats, to be deleted. */
  upload(data: Float32Array): Texture;
  /** The first of them, which the kernel was compiled with. */
  readonly first: Texture;
}

/** Throws where the kernel would run anywhere but on the GPU. */
export function createUploader(library: GpuJs, gpu: GPU, mode: Mode): Uploader {
  const kernel = gpu.createKernel("function (data) { return data[this.thread.x]; }", {
    ...settings,
    output: [1],
    dynamicOutput: true,
    argumentTypes: { data: "Input" },
  });
  const upload = (data: Float32Array): Texture => {
    kernel.setOutput([data.length]);
    return kernel(new library.Input(data, [data.length])) as Texture;
  };
  const first = upload(new Float32Array(1));
  checkReal(kernel, mode);
  return { upload, first };
}
