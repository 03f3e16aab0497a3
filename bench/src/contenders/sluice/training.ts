// What is trained: a cell and a dense layer on numbers, and a model of characters.
import {
  type Backend,
  type Cell,
  dot,
  gather,
  type HostArray,
  logSoftmax,
  lstm,
  mean,
  oneHot,
  recurrence,
  type States,
  square,
  sum,
  type Tensor,
  type Weight,
  type WeightTensors,
} from "@sluice/core";
import type { CharModel, Training } from "../../workloads/tasks.ts";
import type { Work } from "../contender.ts";
import { training } from "./adam.ts";

type CellWeights = { readonly wx: Weight; readonly wh: Weight; readonly b: Weight };

/** The cell's last output goes through the dense layer; mean squared error. */
export function cellTraining<S extends States>(
  backend: Backend,
  cell: Cell<CellWeights, S>,
  { weights: { wx, wh, b }, dense, x, y, ...adam }: Training<Readonly<Record<keyof CellWeights, HostArray>>>,
): Promise<Work> {
  const weights = { wx, wh, b, outW: dense.w, outB: dense.b };
  return training(backend, { weights, data: { x, y }, ...adam }, ({ outW, outB, ...weights }, { x, y }): Tensor => {
    const { last } = recurrence(cell).run(weights satisfies WeightTensors<CellWeights>, x);
    return mean(square(dot(last, outW).add(outB).sub(y)));
  });
}

/** Mean cross-entropy: −Σ onehot·log softmax / (batch·steps). */
export function charModelTraining(backend: Backend, given: CharModel): Promise<Work> {
  const { embedding, lstm: cell, dense, characters, next, ...adam } = given;
  const weights = { embedding, ...cell, outW: dense.w, outB: dense.b };
  const vocabulary = embedding.shape[0]!;
  return training(
    backend,
    { weights, data: { characters, next }, ...adam },
    ({ embedding, outW, outB, ...cell }, { characters, next }): Tensor => {
      const { outputs } = recurrence(lstm()).run(cell, gather(embedding, characters));
      const likelihood = logSoftmax(dot(outputs, outW).add(outB)).mul(oneHot(next, vocabulary));
      return sum(likelihood).div(-next.size);
    },
  );
}
