// train.ts
import type { Backend } from "@sluice/core";
import { adam, dense, lstm, sequential } from "@sluice/nn";

const waves = Array.from({ length: 256 }, (_, i) => Array.from({ length: 13 }, (_, t) => Math.sin(i + t / 2)));
const x = waves.map((wave) => wave.slice(0, -1).map((value) => [value])); // [samples, steps 12, features 1]
const y = waves.map((wave) => wave.slice(-1)); // [samples, 1]

/** Predictions after some epochs, and what ran them. */
export async function train(backend: Backend) {
  const model = sequential([lstm({ units: 16 }), dense({ units: 1 })]);
  using trainer = await model.compile({ backend, optimizer: adam({ learningRate: 0.01 }), loss: "mse", seed: 1 });
  const { epochs, executor } = await trainer.fit({ x, y }, { epochs: 5 });
  const { data } = await trainer.predict(x.slice(0, 2));
  return { executor, loss: epochs.at(-1)?.loss, predicted: [...data] };
}
