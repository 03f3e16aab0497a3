// Sound as the network hears it: one channel, 16,000 samples a second, each from −1 to 1.
import decode from "@audio/decode-wav";
import resample from "@audio/resample-polyphase";
import { SluiceError } from "@sluice/core";
import { sampleRate } from "./rate.ts";

/** The samples of a WAV file of any rate; of several channels their mean. Throws FILE_FOREIGN for what is no WAV file that can be read. */
export function readWav(bytes: Uint8Array): Float32Array {
  const { channelData, sampleRate: from } = decoded(bytes);
  const [first = new Float32Array(0), ...others] = channelData;
  const mono = first.map((sample, i) => others.reduce((sum, each) => sum + (each[i] ?? 0), sample) / channelData.length);
  return from === sampleRate ? mono : resample(mono, { from, to: sampleRate });
}

function decoded(bytes: Uint8Array): ReturnType<typeof decode> {
  try {
    return decode(bytes);
  } catch (cause) {
    const what = `it cannot be read as a WAV file: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new SluiceError({ code: "FILE_FOREIGN", who: "readWav", what, fix: "Convert it to WAV with PCM samples", cause });
  }
}
