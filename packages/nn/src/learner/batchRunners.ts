// What runs batches of one shape: to learn from them, or to measure them alone.
import { allOrNothing, trace, type Tensor } from "@sluice/core";
import type { Drawn } from "../layers/layer.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import { unpack } from "../weights/layout.ts";
import { bind } from "./bind.ts";
import { DrawnArray } from "./drawnArray.ts";
import type { Holdings } from "./holdings.ts";
import { batchSize, type BatchArrays, type HostBatch, type InputReader } from "./inputs.ts";
import type { LossObjective } from "./outcome.ts";
import { Totals, type Addend } from "./totals.ts";
import { evaluationStep, type Flat, type Given } from "./update.ts";
import { createUpdater } from "./updater.ts";
import type { VariablesOptions } from "./variables.ts";

export interface RunnerOptions extends Pick<VariablesOptions, "backend" | "dtype" | "seed"> {
  readonly name: string;
  readonly holdings: Holdings;
  readonly reader: InputReader;
  readonly objective: LossObjective;
  readonly optimizer: Optimizer;
  readonly skipUnsound: boolean;
  readonly masks: Readonly<Record<string, Drawn>>;
}

export interface BatchRunner {
  readonly executor: string;
  readonly totals: Totals;
  /** Enqueues the batch. */
  run(batch: HostBatch): void;
  dispose(): void;
}

export async function learningRunner(options: RunnerOptions, batch: HostBatch): Promise<BatchRunner> {
  const { backend, dtype, seed, name, holdings, reader, objective, optimizer, skipUnsound } = options;
  const { variables, state } = holdings;
  const { inputs, masks, totals } = allOrNothing((keep) => {
    const inputs = keep(reader.arraysFor(backend, batch));
    const masks = Object.fromEntries(
      Object.entries(options.masks).map(([name, mask]) => [
        name,
        keep(new DrawnArray(backend, { name, mask, batch: batchSize(batch), dtype, seed })),
      ]),
    );
    return { inputs, masks, totals: holdings.totalsOf(addendsOf(options, inputs, masks, true)) };
  });
  const updater = await createUpdater({
    ...{ backend, dtype, seed, variables, totals, masks, name: `${name}.step`, batch: inputs.arrays },
    ...(state !== undefined && { state: state.arrays }),
    task: { layout: variables.layout, objective: objective.of(true), optimizer, skipsUnsound: skipUnsound },
    held: [inputs, ...Object.values(masks)],
  });
  return { ...updater, totals, run: writing(inputs, updater.run) };
}

/** Of the weights that learn, or of their average. */
export async function measuringRunner(options: RunnerOptions, batch: HostBatch, averaged: boolean): Promise<BatchRunner> {
  const { backend, dtype, name, holdings, reader, objective } = options;
  const { variables, state } = holdings;
  const flat = variables.flatOf(`${name}.evaluate`, averaged);
  const { inputs, totals } = allOrNothing((keep) => {
    const inputs = keep(reader.arraysFor(backend, batch));
    return { inputs, totals: keep(new Totals(backend, addendsOf(options, inputs, {}, false), dtype)) };
  });
  const bound = await bind({
    backend,
    name: `${name}.evaluate`,
    fn: evaluationStep({ layout: variables.layout, objective: objective.of(false) }),
    inputs: { batch: inputs.arrays, ...flat, ...(state !== undefined && { state: state.arrays }), totals: totals.array },
    held: [inputs, totals],
  });
  const run = (): void => {
    totals.begin();
    bound.run();
    totals.count();
  };
  return { executor: bound.executor, totals, run: writing(inputs, run), dispose: bound.dispose };
}

function writing(inputs: BatchArrays, run: () => void): (batch: HostBatch) => void {
  return (batch) => {
    inputs.write(batch);
    run();
  };
}

/** Of the loss and the measures: the first time by tracing alone, before anything is compiled. */
function addendsOf(
  { name, objective, holdings }: RunnerOptions,
  inputs: BatchArrays,
  masks: Readonly<Record<string, DrawnArray>>,
  training: boolean,
): readonly Addend[] {
  if (objective.addends !== undefined) return objective.addends;
  const { layout, flat } = holdings.variables;
  const arrays = Object.fromEntries(Object.entries(masks).map(([key, { array }]) => [key, array]));
  const given = { batch: inputs.arrays, masks: arrays, state: holdings.state?.arrays ?? {} };
  const loss = ({ params, frozen }: Flat<Tensor>, given: Given<Readonly<Record<string, Tensor>>, Tensor>): Tensor =>
    objective.of(training)(unpack(layout, params, frozen), given).loss;
  trace(`${name}.loss`, loss, [flat, given]);
  return objective.addends!; // tracing names them
}
