// Every workload there is. A further one is a further line.
import { attend, attendGradient, multiHeadAttend, multiHeadGradient } from "./attend.ts";
import { bidirectionalInfer } from "./bidirectional.ts";
import { charModel } from "./charModel.ts";
import { classify } from "./classify.ts";
import { convolve, convolveGradient } from "./convolve.ts";
import { curves } from "./curves.ts";
import { gruInfer, lstmInfer, ownInfer } from "./infer.ts";
import { matmul } from "./matmul.ts";
import { normalise } from "./normalise.ts";
import { gruStream, lstmStream } from "./stream.ts";
import { gruTrain, lstmTrain } from "./train.ts";
import type { AnyWorkload } from "./workload.ts";

const sequences = [
  { batch: 1, steps: 100, input: 64, units: 128 },
  { batch: 32, steps: 100, input: 64, units: 128 },
  { batch: 32, steps: 128, input: 256, units: 256 },
  { batch: 64, steps: 64, input: 512, units: 512 },
] as const;
const usual = sequences[1];
const windows = [1, 4].map((dilation) => ({ size: 3, dilation, batch: 32, steps: 128, input: 64, filters: 64 }));
const heads = [1, 4].map((count) => ({ heads: count, batch: 8, steps: 128, features: 256 }));

export const workloads: readonly AnyWorkload[] = [
  ...sequences.map((sizes) => lstmInfer(sizes)),
  lstmStream({ input: 64, units: 128 }),
  ...sequences.map((sizes) => gruInfer(sizes)),
  gruInfer(sequences[0], { reset: "before" }), // the variant of brain.js
  gruStream({ input: 64, units: 128 }),
  ownInfer(usual),
  bidirectionalInfer(usual),
  lstmTrain({ batch: 32, steps: 50, input: 32, units: 128 }),
  lstmTrain({ batch: 32, steps: 100, input: 64, units: 256 }, 3),
  lstmTrain({ batch: 4, steps: 5, input: 8, units: 16 }), // little work: what a run costs by itself
  gruTrain({ batch: 32, steps: 50, input: 32, units: 128 }),
  gruTrain({ batch: 32, steps: 100, input: 64, units: 256 }, 3),
  charModel({ vocabulary: 65, width: 64, units: 128, batch: 32, steps: 64 }),
  ...heads.flatMap((sizes) => [attend(sizes), attendGradient(sizes), multiHeadAttend(sizes), multiHeadGradient(sizes)]),
  ...windows.flatMap((sizes) => [convolve(sizes), convolveGradient(sizes)]),
  ...[256, 512, 1024].map((n) => matmul(n)),
  matmul(32, 64, 512),
  normalise(4096, 64),
  classify(2048, 1000),
  ...curves,
];
