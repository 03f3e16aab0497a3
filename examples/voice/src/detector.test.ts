// What onnxruntime 1.30 says of the same chunks: golden/minutes.json, float32 of each chunk.
import { readFile } from "node:fs/promises";
import { open } from "@sluice/cpu";
import { expect, test } from "vitest";
import { readWav } from "./audio.ts";
import { detector } from "./detector.ts";
import { networkBytes, speechBytes } from "./files.ts";
import { sampleRate } from "./rate.ts";
import { versions, voiceNet } from "./net.ts";

type Golden = { readonly seconds: number } & Readonly<Record<(typeof versions)[number], string>>;
const golden = JSON.parse(await readFile(new URL("../golden/minutes.json", import.meta.url), "utf8")) as Golden; // which it is
const speech = Array.from(readWav(await speechBytes()), (sample) => Math.round(sample * (sample < 0 ? 32768 : 32767))); // as they stand in the file

/** The speech 17 times, in four loudnesses and three noises: whole numbers, so that any program makes the same. */
function minutes(): Float32Array {
  let seed = 1;
  const noise = (): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return (seed >>> 24) - 128;
  };
  const [gains, levels] = [[4, 2, 1, 3], [0, 1, 8]]; // prettier-ignore
  const rounds = Array.from({ length: 17 }, (_, k) => speech.map((sample) => ((sample * gains[k % 4]!) >> 2) + noise() * levels[k % 3]!));
  const all = new Float32Array(17 * speech.length);
  rounds.forEach((round, k) =>
    all.set(
      Float32Array.from(round, (sample) => sample / 32768),
      k * speech.length,
    ),
  );
  return all;
}

test.each(versions)("%s: over minutes of speech and noise the probabilities are onnxruntime's within 1e-5", async (version) => {
  const backend = await open();
  using listener = await detector(backend, voiceNet(await networkBytes(version)));
  const sound = minutes();
  expect(sound.length / sampleRate).toBe(golden.seconds);
  const heard = await listener.listen(sound);
  const bytes = Uint8Array.from(atob(golden[version]), (each) => each.charCodeAt(0));
  const expected = new Float32Array(bytes.buffer);
  expect(heard).toHaveLength(expected.length);
  const largest = heard.reduce((most, p, i) => Math.max(most, Math.abs(p - expected[i]!)), 0);
  expect(largest).toBeLessThan(1e-5);
  await backend.close();
});

test("in whatever pieces sound comes, and after a reset, it hears the same", async () => {
  const backend = await open();
  using listener = await detector(backend, voiceNet(await networkBytes("v6")));
  const sound = readWav(await speechBytes()).subarray(0, 40_000);
  const whole = await listener.listen(sound);
  listener.reset();
  const parts: number[] = [];
  for (let at = 0; at < sound.length; at += 777) parts.push(...(await listener.listen(sound.subarray(at, at + 777))));
  expect(parts).toEqual(whole);
  await backend.close();
});
