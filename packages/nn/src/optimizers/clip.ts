// Keeps gradients small (Pascanu et al. 2013), in the three ways Keras has.
import { clip as clamp, concat, div, maximum, SluiceError, sqrt, square, type Tensor } from "@sluice/core";
import type { Layout } from "../model/layout.ts";

/** At most one of them is set. */
export interface Clip {
  /** Largest norm of each weight's gradient by itself. */
  readonly clipNorm?: number;
  /** Largest norm of all gradients together. */
  readonly globalClipNorm?: number;
  /** Largest magnitude of a single element. */
  readonly clipValue?: number;
}

/** gradient [parameters] → the same, clipped. */
export function clipGradient(gradient: Tensor, { clipNorm, globalClipNorm, clipValue }: Clip, layout: Layout): Tensor {
  if (clipValue !== undefined) return clamp(gradient, -clipValue, clipValue);
  if (globalClipNorm !== undefined) return shorten(gradient, globalClipNorm);
  if (clipNorm === undefined) return gradient;
  const each = Object.values(layout.entries).map(({ offset, end }) => shorten(gradient.slice(0, offset, end), clipNorm));
  return concat(each, 0);
}

/** g · limit / max(‖g‖, limit) */
function shorten(g: Tensor, limit: number): Tensor {
  return g.mul(div(limit, maximum(sqrt(square(g).sum()), limit)));
}

/** Throws INVALID_ARGUMENT for more than one, or one that is not positive. */
export function checkClip(who: string, { clipNorm, globalClipNorm, clipValue }: Clip): void {
  const set = Object.entries({ clipNorm, globalClipNorm, clipValue }).filter(([, limit]) => limit !== undefined);
  if (set.length > 1)
    throw refused(who, `only one of clipNorm, globalClipNorm and clipValue can be set, got ${set.map(([name]) => name).join(" and ")}`);
  for (const [name, limit] of set) {
    if (!(Number.isFinite(limit) && Number(limit) > 0)) throw refused(who, `${name} must be a finite number above 0, got ${limit}`);
  }
}

function refused(who: string, what: string): SluiceError {
  return new SluiceError({ code: "INVALID_ARGUMENT", who, what });
}
