// An LSTM over a sequence.
import { type Backend, compile, lstm, recurrence, type Tensor, type WeightTensors } from "@sluice/core";
import type { LstmInference } from "../../workloads/workload.ts";
import type { Work } from "../contender.ts";
import { bound, uploaded } from "./bound.ts";

export function inference(backend: Backend, given: LstmInference): Promise<Work> {
  const layer = recurrence(lstm());
  const outputs = (weights: WeightTensors<ReturnType<typeof layer.weights>>, x: Tensor): Tensor => layer.run(weights, x).outputs;
  const weights = uploaded(backend, given.lstm);
  const { x } = uploaded(backend, { x: given.x });
  return bound(() => compile(backend, outputs).bind(weights, x));
}
