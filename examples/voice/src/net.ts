// The pretrained network: Silero VAD as it is published, an ONNX file of some 2 MB. x [rows, 576] is a chunk of 512 samples behind the last 64 of the one before.
import { fromOnnx, type OnnxNet } from "@sluice/formats/onnx";
import { chunkLength, contextLength } from "./chunks.ts";
import { sampleRate } from "./rate.ts";

export const versions = ["v5", "v6"] as const;
export type Version = (typeof versions)[number];

/** Of Silero's own: the state of its LSTM, h and c. */
const stateShape = [2, 1, 128];

/** One row; a traced use of it may have more. Throws what `fromOnnx` throws. */
export function voiceNet(bytes: Uint8Array): OnnxNet {
  return fromOnnx(bytes, {
    inputs: { input: [1, contextLength + chunkLength], state: stateShape },
    constants: { sr: sampleRate },
  });
}
