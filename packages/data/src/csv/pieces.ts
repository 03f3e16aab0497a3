// Pieces of a text as they come: texts or UTF-8, from whatever gives them one after the other.
import { SluiceError } from "@sluice/core";
import { check, refused, text as anyText } from "@sluice/core/arguments";
import type { Reading } from "./options.ts";

type Piece = string | Uint8Array;

/** Pieces of a text, or of its UTF-8, wherever they were cut: a file's stream, the body of a response. */
export type TextStream = AsyncIterable<Piece> | Iterable<Piece> | ReadableByReader;

/** A ReadableStream where the engine does not iterate over one. */
export interface ReadableByReader {
  getReader(): {
    read(): Promise<{ readonly done: boolean; readonly value?: Piece | undefined }>;
    cancel(): Promise<void>;
  };
}

export const byteOrderMark = /^\uFEFF/;

/**
 * Texts, without a byte order mark. A loop that ends early ends the stream.
 * Throws INVALID_ARGUMENT for what is no stream of texts or bytes, FILE_CORRUPT for what is no UTF-8.
 */
export async function* textsOf(stream: TextStream, { who, source }: Reading): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const decode = (bytes?: Uint8Array): string => {
    try {
      return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
    } catch (cause) {
      throw new SluiceError({
        code: "FILE_CORRUPT",
        who,
        what: `${source} is no UTF-8`,
        fix: "Save it as UTF-8",
        facts: { source },
        cause,
      });
    }
  };
  let isFirst = true;
  for await (const piece of iterated(stream, who)) {
    if (typeof piece !== "string" && !(piece instanceof Uint8Array)) check(who, "a piece of the stream", piece, anyText);
    const text = typeof piece === "string" ? piece : decode(piece);
    yield isFirst ? text.replace(byteOrderMark, "") : text; // of bytes the decoder has taken it
    isFirst &&= text === "";
  }
  yield decode();
}

function iterated(stream: TextStream, who: string): AsyncIterable<Piece> | Iterable<Piece> {
  const given: unknown = stream;
  if (typeof given === "object" && given !== null) {
    if (Symbol.asyncIterator in given || Symbol.iterator in given) return stream as AsyncIterable<Piece> | Iterable<Piece>; // as was just seen
    if ("getReader" in given && typeof given.getReader === "function") return read(stream as ReadableByReader); // likewise
  }
  throw refused(
    who,
    "stream",
    stream,
    "an iterable of texts or bytes",
    [],
    typeof given === "string" ? "Of a text take parseCsv" : undefined,
  );
}

async function* read(stream: ReadableByReader): AsyncGenerator<Piece> {
  const reader = stream.getReader();
  let isDone = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      isDone = done;
      if (done) return;
      if (value !== undefined) yield value;
    }
  } finally {
    if (!isDone) await reader.cancel();
  }
}
