// `node examples/voice/scripts/against.mjs`: how long a chunk takes here and by onnxruntime-node, one thread each, in turns of one process. Needs `npm run bench:peers` and a build.
import { createRequire } from "node:module";
import { open } from "@sluice/cpu";
import { readWav } from "../dist/audio.js";
import { chunks } from "../dist/chunks.js";
import { detector } from "../dist/detector.js";
import { networkBytes, speechBytes } from "../dist/files.js";
import { versions, voiceNet } from "../dist/net.js";

const rounds = 9;
const ort = createRequire(new URL("../../../bench/peers/package.json", import.meta.url))("onnxruntime-node");
const samples = readWav(await speechBytes());
const backend = await open();
for (const version of versions) {
  const bytes = await networkBytes(version);
  const listener = await detector(backend, voiceNet(bytes));
  const session = await ort.InferenceSession.create(bytes, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  const sr = new ort.Tensor("int64", BigInt64Array.of(16000n), []);
  const ours = async () => {
    listener.reset();
    return (await listener.listen(samples)).length;
  };
  const theirs = async () => {
    let [state, n] = [new ort.Tensor("float32", new Float32Array(256), [2, 1, 128]), 0];
    for (const input of chunks().push(samples)) {
      const { stateN, output } = await session.run({ input: new ort.Tensor("float32", input, [1, input.length]), state, sr });
      [state, n] = [stateN, n + output.data.length];
    }
    return n;
  };
  /** @type {Record<"ours" | "theirs", number[]>} */
  const times = { ours: [], theirs: [] };
  for (let round = 0; round < rounds; round++)
    for (const [name, run] of /** @type {const} */ ([
      ["ours", ours],
      ["theirs", theirs],
    ])) {
      const began = performance.now();
      const n = await run();
      times[name].push(((performance.now() - began) * 1000) / n);
    }
  const [a, b] = [median(times.ours), median(times.theirs)];
  console.log(`${version}: ${a.toFixed(0)} µs a chunk here, ${b.toFixed(0)} µs by onnxruntime-node, ${(b / a).toFixed(2)} times as fast`);
  listener[Symbol.dispose]();
}
await backend.close();

/** @param {readonly number[]} values */
function median(values) {
  return values.toSorted((x, y) => x - y)[Math.floor(values.length / 2)] ?? NaN;
}
