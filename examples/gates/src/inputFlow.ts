// Where nothing recurs there is no ∂L/∂h_t: the gradient with respect to what each step reads says as much of what reaches it.
import { gradient, sqrt, square, type Tensor } from "@sluice/core";
import type { Trainer } from "@sluice/nn";
import { lookAtLoss } from "@sluice/nn/kit";
import type { Sequences } from "./tasks/task.ts";

/** ‖∂L/∂x_t‖ at each step, the mean over the first `samples` rows. */
export async function inputFlow(trainer: Trainer, data: Sequences, samples: number): Promise<readonly number[]> {
  const look = await lookAtLoss(trainer, data, { who: "gates.inputFlow", samples }, ({ x, loss }) => {
    const slope = gradient(loss(), x["x"] as Tensor); // of a model without names
    return { norms: sqrt(square(slope).sum(2)).mean(0) };
  });
  try {
    return Array.from((await look.run())["norms"]?.data ?? []);
  } finally {
    look.dispose();
  }
}
