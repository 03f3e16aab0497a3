// How width and learning rate were chosen: by validation, by seeds that no result is told of. `node examples/dates/scripts/tune.mjs [UNITS,…] [RATES,…] [TEXTS] [EPOCHS] [SEEDS,…]`, after `npm run example dates`.
import { openBackend } from "@sluice/example-common";
import { samples } from "../dist/samples.js";
import { train } from "../dist/training.js";
import { translate } from "../dist/translator.js";

const [units = "32,48,64", rates = "0.005,0.01,0.02", texts = "32000", epochs = "5", seeds = "11"] = process.argv.slice(2);
const numbers = (/** @type {string} */ text) => text.split(",").map(Number);
const all = samples();
const held = all.ofEachForm("validation", 8);
const backend = await openBackend("workers");
const { signal } = new AbortController();
for (const width of numbers(units))
  for (const learningRate of numbers(rates))
    for (const seed of numbers(seeds)) {
      const began = performance.now();
      const options = { units: width, epochs: Number(epochs), texts: Number(texts), batchSize: 64, learningRate, seed, signal };
      const { trainer, vocabularies, history } = await train(backend, all, { ...options, onEpoch: () => {} });
      const seconds = (performance.now() - began) / 1000;
      const found = await translate(trainer, held.map(({ text }) => text), vocabularies); // prettier-ignore
      const right = held.filter(({ iso }, i) => found[i]?.date === iso).length / held.length;
      const losses = history.epochs.map(({ valLoss }) => valLoss?.toFixed(3)).join(" ");
      console.log(`${width} units\t${learningRate}\tseed ${seed}\texact ${(100 * right).toFixed(2)} %\t${seconds.toFixed(0)} s\t${losses}`);
      trainer.dispose();
    }
await backend.close();
