// Keeps gradients small (Pascanu et al. 2013), in the three ways Keras has.
import { clip as clamp, concat, div, maximum, SluiceError, sqrt, square, type Tensor } from "@sluice/core";
import { positive } from "@sluice/core/arguments";
import type { Layout } from "../weights/layout.ts";
import { optional, type Table } from "../options/table.ts";

/** At most one of them is set. */
export interface Clip {
  /** Largest norm of each weight's gradient by itself. */
  readonly clipNorm?: number;
  /** Largest norm of all gradients together. */
  readonly globalClipNorm?: number;
  /** Largest magnitude of a single element. */
  readonly clipValue?: number;
}

export const clipTable = {
  clipNorm: optional(positive),
  globalClipNorm: optional(positive),
  clipValue: optional(positive),
} satisfies Table<Clip>;

/** gradient [parameters] → the same, clipped. */
export function clipGradient(gradient: Tensor, { clipNorm, globalClipNorm, clipValue }: Clip, layout: Layout): Tensor {
  if (clipValue !== undefined) return clamp(gradient, -clipValue, clipValue);
  if (globalClipNorm !== undefined) return shorten(gradient, globalClipNorm);
  if (clipNorm === undefined) return gradient;
  const inMemory = Object.values(layout.entries).toSorted((a, b) => a.offset - b.offset);
  const each = inMemory.map(({ offset, end }) => shorten(gradient.slice(0, offset, end), clipNorm));
  return concat(each, 0);
}

/** g · limit / max(‖g‖, limit) */
function shorten(g: Tensor, limit: number): Tensor {
  return g.mul(div(limit, maximum(sqrt(square(g).sum()), limit)));
}

/** The one that is set, if any. Throws INVALID_ARGUMENT for more than one. */
export function chosen(who: string, clips: { readonly [K in keyof Clip]: Clip[K] | undefined }): Clip {
  const set = Object.entries(clips).filter(([, limit]) => limit !== undefined);
  if (set.length <= 1) return Object.fromEntries(set);
  const what = `only one of clipNorm, globalClipNorm and clipValue can be set, got ${set.map(([name]) => name).join(" and ")}`;
  throw new SluiceError({ code: "INVALID_ARGUMENT", who, what });
}
