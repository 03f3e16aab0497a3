import { expect, test } from "vitest";
import { open } from "@sluice/cpu";
import { readWav } from "./audio.ts";
import { chunkLength } from "./chunks.ts";
import { detector } from "./detector.ts";
import { networkBytes, speechBytes } from "./files.ts";
import { learnFurther } from "./learning.ts";
import { voiceNet } from "./net.ts";
import { noisy } from "./noise.ts";
import { main } from "./voice.ts";

/** What the command writes, and its exit code. */
async function ran(...args: readonly string[]) {
  const [out, error]: [string[], string[]] = [[], []];
  const code = await main(args, { stdout: { write: (text) => out.push(text) }, stderr: { write: (text) => error.push(text) } });
  return { code, out: out.join(""), error: error.join("") };
}

test("it says when somebody speaks", async () => {
  const { code, out } = await ran();
  expect(code).toBe(0);
  expect(out).toMatch(/inaugural address, 11\.0 s, by Silero VAD v6 on the cpu backend/);
  expect(out.match(/[\d.]+ – +[\d.]+ s/g)).toEqual(["0.35 –   2.24 s", "3.30 –   3.84 s", "3.97 –   4.42 s", "5.41 –   7.65 s", "8.19 –  10.59 s"]); // prettier-ignore
});

test("the other network hears other ends of words", async () => {
  const { out } = await ran("--model", "v5", "--threshold=0.6");
  expect(out).toContain("Silero VAD v5");
  expect(out.match(/[\d.]+ – +[\d.]+ s/g)?.length).toBeGreaterThan(3);
});

test("five labelled seconds teach it to hear through noise that is louder than the voice", async () => {
  const backend = await open();
  const [net, clean] = [voiceNet(await networkBytes("v6")), readWav(await speechBytes())];
  const heard = async (samples: Float32Array, weights?: typeof net.weights) => {
    using listener = await detector(backend, net, weights);
    return await listener.listen(samples);
  };
  const labels = (await heard(clean)).map((p) => p >= 0.5),
    half = Math.floor(labels.length / 2),
    loud = noisy(clean, 0.3, 1);
  const right = (probabilities: readonly number[]): number =>
    probabilities.slice(half).filter((p, i) => p >= 0.5 === labels[half + i]).length / (labels.length - half);
  const losses: number[] = [];
  const weights = await learnFurther(
    backend,
    net,
    { samples: loud.subarray(0, half * chunkLength), labels },
    { updates: 40, onUpdate: (_, loss) => losses.push(loss) },
  );
  expect(right(await heard(loud))).toBeLessThan(0.3);
  expect(right(await heard(loud, weights))).toBeGreaterThan(0.7);
  expect(losses.at(-1)).toBeLessThan(losses[0]! / 5);
  const frozen = Object.entries(net.weights).filter(([name]) => /stft|encoder/.test(name));
  expect(frozen.map(([name]) => weights[name]?.data)).toEqual(frozen.map(([, { data }]) => data));
  await backend.close();
});

test.each([
  [["--help"], 0, "npm start -- [FILE.wav]"],
  [["--modl"], 2, "unknown option '--modl'. The options are --model, --threshold, --learn, --help"],
  [["--model", "v4"], 2, '--model takes v5 or v6, got "v4"'],
  [["--threshold", "1"], 2, '--threshold takes a number between 0 and 1, got "1"'],
  [["a.wav", "b.wav"], 2, "one file is heard, got 2"],
  [["none.wav"], 1, "none.wav cannot be read"],
  [["package.json"], 1, "it cannot be read as a WAV file"],
])("%j ends with exit code %i and says why", async (args, code, text) => {
  const result = await ran(...args);
  expect(result.code).toBe(code);
  expect(result.out + result.error).toContain(text);
});
