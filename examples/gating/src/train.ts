// Trains one cell on the adding problem, as a layer like any other.
import type { Backend, Cell } from "@sluice/core";
import { adam, dense, input, recurrent, sequential } from "@sluice/nn";
import { addingProblem } from "./addingProblem.ts";
import type { Options } from "./options.ts";

export interface Trained {
  readonly parameters: number;
  /** Mean squared error on sequences that it has not seen. */
  readonly error: number;
}

/** 1,600 sequences to learn from and 400 to be tested on, the same for every cell. */
export async function train(backend: Backend, cell: Cell, { steps, units, epochs, seed }: Options): Promise<Trained> {
  const model = sequential([input({ shape: [steps, 2] }), recurrent(cell)({ units }), dense({ units: 1 })], { name: cell.name });
  const trainer = await model.compile({ backend, optimizer: adam({ learningRate: 0.01, globalClipNorm: 1 }), loss: "mse", seed });
  try {
    await trainer.fit(addingProblem({ samples: 1600, steps, seed }), { epochs, batchSize: 50 });
    const { loss } = await trainer.evaluate(addingProblem({ samples: 400, steps, seed: `${seed} test` }), { batchSize: 100 });
    const { weights } = await trainer.checkpoint();
    return { parameters: Object.values(weights).reduce((sum, { data }) => sum + data.length, 0), error: loss! };
  } finally {
    trainer.dispose();
  }
}
