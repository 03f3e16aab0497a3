// What a context takes, asked when a device is opened.
import type { GPU } from "./gpujs.ts";

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

/** Throws where there are fewer texture units than gpu.js needs. */
export function limitsOf({ context: gl, Kernel: { features } }: GPU): Limits {
  const units = gl.getParameter(gl.MAX_COMBINED_TEXTURE_IMAGE_UNITS) as number;
  if (units < 16) throw new Error(`${units} texture units are too few: gpu.js needs 16`);
  // Unit 15 is where gpu.js makes new textures, whatever a kernel has bound there.
  const textures = Math.min(15, gl.getParameter(gl.MAX_TEXTURE_IMAGE_UNITS) as number);
  return { textures, slots: textures - 1, outputs: features.channelCount, length: Math.min(mostElements, features.maxTextureSize ** 2) };
}

/** Positions in kernels are floats, which hold whole numbers up to here. */
const mostElements = 2 ** 24;
