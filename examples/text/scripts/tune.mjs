// How the network was chosen: a few epochs of each, by the validation part alone. `node examples/text/scripts/tune.mjs FOLDER [EPOCHS] [gru-256-0.003,…]`, after `npm run example text -- --help`.
import { openBackend } from "@sluice/example-common";
import { chapters, mobyDick } from "../dist/book/mobyDick.js";
import { folderOf, train } from "../dist/contenders/network.js";

const [out = "out/text-tuning", epochs = "2", settings = "gru-256-0.002,gru-256-0.005,lstm-256-0.002,lstm-256-0.005"] =
  process.argv.slice(2);
const book = await mobyDick();
const backend = await openBackend("workers");
const { signal } = new AbortController();
for (const setting of settings.split(",")) {
  const [network, units, learningRate] = setting.split("-");
  const options = {
    network: network === "lstm" ? "lstm" : "gru",
    units: Number(units),
    seed: 11,
    chapters,
    learningRate: Number(learningRate),
  };
  const began = process.cpuUsage();
  await train(backend, book, {
    ...{ ...options, epochs: Number(epochs), signal },
    folder: folderOf(`${out}/${learningRate}`, options),
    onEpoch({ epoch, training, validation }) {
      const { user, system } = process.cpuUsage(began);
      console.log(
        [setting, epoch, training.toFixed(3), validation.toFixed(3), `${((user + system) / 1e6).toFixed(0)} s of CPU`].join("\t"),
      );
    },
  });
}
await backend.close();
