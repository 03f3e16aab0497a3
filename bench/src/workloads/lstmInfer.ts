// Running an LSTM over sequences.
import { initialise, lstm } from "@sluice/core";
import { normal } from "./data.ts";
import type { Workload } from "./workload.ts";

export interface LstmSizes {
  readonly batch: number;
  readonly steps: number;
  readonly input: number;
  readonly units: number;
}

export function lstmInfer({ batch, steps, input, units }: LstmSizes): Workload<"lstmInference"> {
  return {
    name: `lstm-infer-b${batch}-t${steps}-${input}-${units}`,
    help: `LSTM ${input}→${units}, batch ${batch}, ${steps} steps, all outputs`,
    task: "lstmInference",
    flops: lstmFlops({ batch, steps, input, units }),
    given: () => ({ lstm: initialise(lstm().weights({ input, units }), { seed: 1 }), x: normal("x", [batch, steps, input]) }),
    compared: 1,
    tolerance: 2e-5, // outputs reach 1; float32 with a tanh of some ulp stays under 1e-5 over 100 steps
  };
}

/** Of the products x·wx and h·wh. */
export function lstmFlops({ batch, steps, input, units }: LstmSizes): number {
  return 2 * batch * steps * (input + units) * 4 * units;
}
