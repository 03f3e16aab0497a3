// Where everything lies in a standalone file's memory: ranges one after the other, each from a multiple of 64 bytes.
import type { TypedArray } from "@sluice/core";

/** A range in what all share, in room that no run leaves anything in, or in a stream's own block. */
export interface Place {
  readonly region: "shared" | "scratch" | "own";
  readonly at: number;
}

/** Ranges of one region. */
export class Region {
  readonly #region: Place["region"];
  bytes = 0;

  constructor(region: Place["region"], from = 0) {
    this.#region = region;
    this.bytes = from;
  }

  take(bytes: number): Place {
    const at = this.bytes;
    this.bytes += Math.ceil(bytes / 64) * 64;
    return { region: this.#region, at };
  }
}

/** What memory begins with: numbers that never change, those that are the same once. */
export class Image {
  readonly #parts: { readonly at: number; readonly bytes: Uint8Array }[] = [];
  readonly #region = new Region("shared");

  get bytes(): number {
    return this.#region.bytes;
  }

  put(data: TypedArray): Place {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const same = this.#parts.find((part) => part.bytes.length === bytes.length && isSame(part.bytes, bytes));
    if (same !== undefined) return { region: "shared", at: same.at };
    const place = this.#region.take(bytes.length);
    this.#parts.push({ at: place.at, bytes });
    return place;
  }

  encode(): Uint8Array<ArrayBuffer> {
    const all = new Uint8Array(this.bytes);
    for (const { at, bytes } of this.#parts) all.set(bytes, at);
    return all;
  }
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
