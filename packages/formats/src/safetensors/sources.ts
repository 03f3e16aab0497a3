// Sources of ranges that a page has: what a user chose, and what lies on a server.
import { SluiceError } from "@sluice/core";
import { check, checkFunction, options as named, text, type Rule } from "@sluice/core/arguments";
import type { Source } from "./source.ts";

/** What `Blob` and `File` have of it. */
export interface BlobLike {
  readonly size: number;
  slice(from: number, to: number): { arrayBuffer(): Promise<ArrayBuffer> };
}

/** A `Blob`, such as the `File` that a user chose: only what is read comes into memory. Throws INVALID_ARGUMENT for what is none. */
export function blobSource(blob: BlobLike): Source {
  check("blobSource", "blob", blob, anyBlob);
  return { length: blob.size, read: async (from, to) => new Uint8Array(await blob.slice(from, to).arrayBuffer()) };
}

const anyBlob: Rule<BlobLike> = {
  expected: "a Blob, such as a File",
  accepts: (value): value is BlobLike => typeof value === "object" && value !== null && "size" in value && "slice" in value,
};

export interface UrlOptions {
  /** Default the global one; with it come headers, credentials, a signal. */
  readonly fetch?: (url: string, init: { readonly headers: Readonly<Record<string, string>> }) => Promise<Response>;
}

/** What is used of it. */
export interface Response {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  arrayBuffer(): Promise<ArrayBuffer>;
}

/**
 * A file on a server, by ranges (RFC 9110, section 14): one request for its length, then one for each part that is read.
 *
 * Throws UNSUPPORTED where the server gives no ranges, FILE_NOT_FOUND with its status where it has no such file or cannot be reached, FILE_CORRUPT where the
 * file became another while it was read.
 */
export async function urlSource(url: string, options: UrlOptions = {}): Promise<Source> {
  const who = `urlSource ${url}`;
  check("urlSource", "url", url, text);
  const { fetch: get = fetch } = named<UrlOptions>("urlSource", options, { fetch: true });
  checkFunction("urlSource", "fetch", get);
  const ask = async (from: number, to: number): Promise<{ readonly total: number; readonly bytes: Uint8Array }> => {
    const response = await reached(who, get(url, { headers: { Range: `bytes=${from}-${to - 1}` } }));
    if (response.status === 200) throw noRanges(who);
    const [, start, total] = /^bytes (\d+)-\d+\/(\d+)$/.exec(response.headers.get("content-range") ?? "") ?? [];
    if (response.status !== 206 || total === undefined) throw notFound(who, `the server answered ${response.status}`, response.status);
    if (Number(start) !== from) throw noRanges(who);
    return { total: Number(total), bytes: new Uint8Array(await reached(who, response.arrayBuffer())) };
  };
  const { total: length } = await ask(0, 1);
  return {
    length,
    async read(from, to) {
      if (from === to) return new Uint8Array(0);
      const { total, bytes } = await ask(from, to);
      if (total === length) return bytes;
      throw new SluiceError({ code: "FILE_CORRUPT", who, what: `it had ${length} bytes, now it has ${total}`, fix: "Open it again" });
    },
  };
}

async function reached<T>(who: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    throw notFound(who, `the server cannot be reached: ${cause instanceof Error ? cause.message : String(cause)}`, undefined, cause);
  }
}

function notFound(who: string, what: string, status?: number, cause?: unknown): SluiceError {
  return new SluiceError({
    code: "FILE_NOT_FOUND",
    who,
    what,
    fix: "Check the address and what it lets this page read",
    facts: { status },
    cause,
  });
}

function noRanges(who: string): SluiceError {
  const fix = "Fetch it whole, and open the bytes: await (await fetch(url)).arrayBuffer()";
  return new SluiceError({ code: "UNSUPPORTED", who, what: "the server gives no ranges of it", fix });
}
