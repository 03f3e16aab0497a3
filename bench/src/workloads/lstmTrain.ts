// Training an LSTM, one step.
import { initialise, lstm, type Weight } from "@sluice/core";
import { normal } from "./data.ts";
import { lstmFlops, type LstmSizes } from "./lstmInfer.ts";
import type { Workload } from "./workload.ts";

export function lstmTrain({ batch, steps, input, units }: LstmSizes): Workload<"lstmTraining"> {
  return {
    name: `lstm-train-b${batch}-t${steps}-${input}-${units}`,
    help: `one training step: LSTM ${input}→${units}, batch ${batch}, ${steps} steps, Dense(1), MSE; forward, backward, Adam`,
    task: "lstmTraining",
    flops: 3 * lstmFlops({ batch, steps, input, units }) - 2 * batch * steps * input * 4 * units, // nobody needs the gradient of x
    given: () => ({
      lstm: initialise(lstm().weights({ input, units }), { seed: 1 }),
      dense: initialise(dense(units), { seed: 2 }),
      x: normal("x", [batch, steps, input]),
      y: normal("y", [batch, 1]),
      learningRate: 0.001,
      epsilon: 1e-7,
    }),
    compared: 5, // four updates, each seen by the loss after it
    tolerance: 1e-4, // float32 stays under 1e-5; losses fall by some 14 % per update
  };
}

function dense(units: number): Record<"w" | "b", Weight> {
  return { w: { axes: { units, out: 1 }, init: "glorotUniform" }, b: { axes: { out: 1 }, init: "zeros" } };
}
