// The microphone as samples at the network's rate. It knows no network.
import { stream } from "@audio/resample-polyphase";
import { sampleRate } from "../rate.ts";

/** Runs in the thread of sound, which has no modules of ours: posts each block it hears. */
const worklet = `registerProcessor("tap", class extends AudioWorkletProcessor {
  process([[channel]]) { if (channel) this.port.postMessage(channel.slice()); return true; }
});`;

/** Until `signal` says so. Throws what the browser throws where there is no microphone, or it may not be used. */
export async function hearMicrophone(signal: AbortSignal, onSamples: (samples: Float32Array) => void): Promise<void> {
  const media = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
  const context = new AudioContext();
  const resampler = stream({ from: context.sampleRate, to: sampleRate });
  const url = URL.createObjectURL(new Blob([worklet], { type: "text/javascript" }));
  await context.audioWorklet.addModule(url);
  URL.revokeObjectURL(url);
  const tap = new AudioWorkletNode(context, "tap", { numberOfOutputs: 0 });
  tap.port.onmessage = ({ data }: MessageEvent<Float32Array>) => onSamples(resampler.write(data));
  context.createMediaStreamSource(media).connect(tap);
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  for (const track of media.getTracks()) track.stop();
  await context.close();
}

/** Samples of any sound file that the browser reads, of its first channel. */
export async function decodeFile(bytes: ArrayBuffer): Promise<Float32Array> {
  const decoded = await new OfflineAudioContext(1, 1, sampleRate).decodeAudioData(bytes); // which resamples
  return decoded.getChannelData(0);
}
