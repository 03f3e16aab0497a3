// Every workload there is. A further one is a further line.
import { lstmInfer } from "./lstmInfer.ts";
import { lstmTrain } from "./lstmTrain.ts";
import { matmul } from "./matmul.ts";
import type { AnyWorkload } from "./workload.ts";

export const workloads: readonly AnyWorkload[] = [
  lstmTrain({ batch: 32, steps: 50, input: 32, units: 128 }),
  lstmTrain({ batch: 4, steps: 5, input: 8, units: 16 }), // little work: what a run costs by itself
  lstmInfer({ batch: 32, steps: 100, input: 64, units: 128 }),
  matmul(256),
];
