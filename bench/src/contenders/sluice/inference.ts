// A cell, or several, over sequences.
import { type Backend, bidirectional, type Cell, compile, lstm, recurrence, type Tensor } from "@sluice/core";
import type { BothWays, Sequence } from "../../workloads/tasks.ts";
import type { Work } from "../contender.ts";
import { type Arrays, bound, type Tensors, type Traced, uploaded } from "./bound.ts";

/** The weights that were given are those of `cell`, by name. */
export function inference(backend: Backend, cell: Cell, given: Sequence<Arrays>): Promise<Work> {
  const layer = recurrence(cell);
  const outputs = (weights: Tensors, x: Tensor): Tensor => layer.run(weights, x).outputs;
  const { weights, x } = uploaded(backend, given);
  return bound(() => compile(backend, outputs).bind(weights, x));
}

/** Each layer reads the outputs of the one below. */
export function bidirectionalInference(backend: Backend, given: Sequence<readonly BothWays[]>): Promise<Work> {
  const layer = bidirectional(lstm());
  const outputs = (weights: Traced<readonly BothWays[]>, x: Tensor): Tensor =>
    weights.reduce((below, both) => layer.run(both, below).outputs, x);
  const { weights, x } = uploaded(backend, given);
  return bound(() => compile(backend, outputs).bind(weights, x));
}
