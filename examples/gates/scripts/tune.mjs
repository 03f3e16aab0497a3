// How the learning rates were chosen: by seeds and held-out sequences that no result is told of. `node examples/gates/scripts/tune.mjs [STEPS] [UPDATES] [NAME,…]`, after `npm run example gates`.
import { openBackend } from "@sluice/example-common";
import { contenderNames } from "../dist/contenders.js";
import { addingProblem } from "../dist/tasks/addingProblem.js";
import { trial } from "../dist/trial.js";

const [steps = "200", updates = "1500", names = contenderNames.join()] = process.argv.slice(2);
const task = addingProblem(Number(steps), "tuning");
const backend = await openBackend("workers");
const { signal } = new AbortController();
for (const name of /** @type {typeof contenderNames} */ (names.split(",")))
  for (const learningRate of [0.0003, 0.001, 0.003, 0.01])
    for (const seed of [11, 12]) {
      const { solvedAfter, curve, seconds } = await trial(backend, name, task, {
        units: 32,
        updates: Number(updates),
        seed,
        learningRate,
        signal,
      });
      const best = Math.min(...curve.map(({ measured }) => measured)).toFixed(4);
      console.log(`${name}\t${learningRate}\tseed ${seed}\t${solvedAfter ?? "not learnt"}\tbest ${best}\t${seconds.toFixed(0)} s`);
    }
await backend.close();
