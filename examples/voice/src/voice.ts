// The job as a story: read the sound, hear it chunk by chunk, tell who speaks when; with --learn, learn to hear it in noise.
import { readFile } from "node:fs/promises";
import { SluiceError, type Backend } from "@sluice/core";
import { open } from "@sluice/cpu";
import type { OnnxNet } from "@sluice/formats/onnx";
import { readWav } from "./audio.ts";
import { chunkLength } from "./chunks.ts";
import { detector } from "./detector.ts";
import { networkBytes, speechBytes } from "./files.ts";
import { learnFurther } from "./learning.ts";
import { voiceNet } from "./net.ts";
import { noisy } from "./noise.ts";
import { helpText, parseOptions, who, type Options } from "./options.ts";
import { timeline } from "./picture.ts";
import { sampleRate } from "./rate.ts";
import { segmentsOf } from "./segments.ts";

export interface Surroundings {
  readonly stdout: Stream;
  readonly stderr: Stream;
}

/** What of a stream is needed; `process.stdout` is one. */
export interface Stream {
  write(text: string): unknown;
  readonly columns?: number;
}

const chunk = chunkLength / sampleRate; // seconds

/** Resolves to the exit code: 0, 1 where the job failed, 2 for arguments that it does not take. */
export async function main(args: readonly string[], { stdout, stderr }: Surroundings): Promise<number> {
  try {
    const options = parseOptions(args);
    stdout.write(options === "help" ? helpText : "");
    if (options !== "help") await hear(options, stdout);
    return 0;
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    stderr.write(`${error}\n`);
    return error.who === who ? 2 : 1;
  }
}

async function hear(options: Options, stdout: Stream): Promise<void> {
  const samples = readWav(await soundOf(options.file));
  const net = voiceNet(await networkBytes(options.model));
  const backend = await open();
  try {
    const { probabilities, microseconds } = await heard(backend, net, samples);
    const seconds = (samples.length / sampleRate).toFixed(1);
    stdout.write(`\n${options.file ?? "inaugural address"}, ${seconds} s, by Silero VAD ${options.model} on the cpu backend\n\n`);
    stdout.write(`${drawn(probabilities, stdout)}\n\n`);
    for (const { from, to } of segmentsOf(probabilities, { chunk, begins: options.threshold, ends: 0.7 * options.threshold }))
      stdout.write(`  ${time(from)} – ${time(to)} s\n`);
    stdout.write(
      `\n${probabilities.length} chunks of 32 ms in ${microseconds.toFixed(0)} µs each: ${Math.round((chunk * 1e6) / microseconds)} times as fast as it is spoken\n`,
    );
    if (options.learn) await hearInNoise(backend, net, samples, probabilities, stdout);
  } finally {
    await backend.close();
  }
}

async function soundOf(file: string | undefined): Promise<Uint8Array> {
  if (file === undefined) return speechBytes();
  try {
    return await readFile(file);
  } catch (cause) {
    const what = `${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new SluiceError({ code: "FILE_NOT_FOUND", who: "voice", what, fix: "Name a WAV file", cause });
  }
}

async function heard(backend: Backend, net: OnnxNet, samples: Float32Array, weights?: OnnxNet["weights"]) {
  using listener = await detector(backend, net, weights);
  const began = performance.now();
  const probabilities = await listener.listen(samples);
  return { probabilities, microseconds: ((performance.now() - began) * 1000) / Math.max(1, probabilities.length) };
}

/** Labels are what was heard without the noise; it learns from the first half and is judged by the second. */
async function hearInNoise(backend: Backend, net: OnnxNet, samples: Float32Array, clean: readonly number[], stdout: Stream): Promise<void> {
  const labels = clean.map((probability) => probability >= 0.5),
    half = Math.floor(labels.length / 2),
    loud = noisy(samples, 0.3, 1);
  const right = (probabilities: readonly number[]): string =>
    `${((100 * probabilities.slice(half).filter((p, i) => p >= 0.5 === labels[half + i]).length) / (labels.length - half)).toFixed(0)} %`;
  const before = (await heard(backend, net, loud)).probabilities;
  stdout.write(`\nIn noise louder than the voice, ${right(before)} of the second half is heard right:\n\n${drawn(before, stdout)}\n\n`);
  const weights = await learnFurther(
    backend,
    net,
    { samples: loud.subarray(0, half * chunkLength), labels },
    {
      updates: 60,
      onUpdate(update, loss) {
        if (update === 1 || update % 20 === 0) stdout.write(`  update ${String(update).padStart(2)}  loss ${loss.toFixed(3)}\n`);
      },
    },
  );
  const after = (await heard(backend, net, loud, weights)).probabilities;
  stdout.write(`\nAfter ${Math.round(half * chunk)} labelled seconds of the first half, ${right(after)}:\n\n${drawn(after, stdout)}\n`);
}

function drawn(probabilities: readonly number[], { columns = 80 }: Stream): string {
  return `  ${timeline(probabilities, Math.min(columns - 4, 110))}`;
}

/** 3.5 → " 3.50" */
function time(seconds: number): string {
  return seconds.toFixed(2).padStart(6);
}
