// A training that may be killed: `node killed.mjs FOLDER`. It tells when it begins, its batches, and at the end the hash of all that training left.
import { createHash } from "node:crypto";
import { open } from "@sluice/cpu";
import { adam, dense, dropout, gru, input, reduceLROnPlateau, sequential, serialize } from "@sluice/nn";
import { checkpoints } from "@sluice/nn/node";

const [, , folder] = process.argv;
const backend = await open();
const model = sequential([input({ shape: [6, 2] }), gru({ units: 24 }), dropout({ rate: 0.2 }), dense({ units: 1 })]);
const trainer = await model.compile({ backend, optimizer: adam({ learningRate: 0.01 }), loss: "mse", seed: 3 });
const x = Array.from({ length: 60 }, (_, i) => Array.from({ length: 6 }, (_, t) => [Math.sin(i + t), Math.cos(3 * i - t)]));
const y = x.map(([[first = 0] = []]) => first);
const telling = {
  name: "telling",
  onTrainBegin: () => console.log("begun"),
  onTrainBatchEnd: (_, { batches }) => console.log(`batch ${batches}`),
};
const callbacks = [reduceLROnPlateau({ patience: 1 }), telling, ...(folder ? [checkpoints({ folder, everySteps: 2 })] : [])];
const { epochs } = await trainer.fit({ x, y }, { epochs: 12, batchSize: 4, validationData: { x, y }, restoreBestWeights: true, callbacks });
const hash = createHash("sha256").update(await serialize(trainer, { optimizer: true }));
for (const { epoch, loss, valLoss } of epochs) hash.update(`${epoch} ${loss} ${valLoss}`);
console.log(`end ${hash.digest("hex")}`);
await backend.close();
