// The files that come along: the networks, from npm, and a speech.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Version } from "./net.ts";

const { resolve } = createRequire(import.meta.url);

export async function networkBytes(version: Version): Promise<Uint8Array> {
  return readFile(resolve(`@ricky0123/vad-web/dist/silero_vad_${version}.onnx`));
}

/** Eleven seconds of John F. Kennedy's inaugural address, 20 January 1961, in the public domain. */
export async function speechBytes(): Promise<Uint8Array> {
  return readFile(new URL("../speech/inaugural.wav", import.meta.url));
}
