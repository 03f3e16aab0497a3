// Each plot is drawn for screens and for phones, so that letters keep their size on both.

export interface Size {
  readonly name: "wide" | "narrow";
  /** In pixels. */
  readonly width: number;
}

/** A third of the width, within what is seen at once. */
export function heightOf({ width }: Size): number {
  return Math.round(Math.min(320, Math.max(220, width * 0.36)));
}
