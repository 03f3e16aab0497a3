// One texture of floats in a row, or what will become one when a kernel first reads it. Counted: whoever keeps one holds it and lets it go.
import type { Texture } from "./gpujs.ts";

export interface Sheet {
  readonly length: number;
  /** As long as it was never on the GPU: its contents, zeros if absent. To be changed only by its one holder. */
  data: Float32Array | undefined;
  texture: Texture | undefined;
  /** How many keep it. It is made with none. */
  holders: number;
}

/** Zeros, or the given contents, which now belong to the sheet. */
export function hostSheet(length: number, data?: Float32Array): Sheet {
  return { length, data, texture: undefined, holders: 0 };
}

/** One holder more. The device lets go. */
export function hold(sheet: Sheet): Sheet {
  sheet.holders++;
  return sheet;
}
