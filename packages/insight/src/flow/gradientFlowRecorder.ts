// Gradient flow while a model trains: a row of norms every so many batches, of each recurrent layer, for a heat map.
import { size, text, type Rule } from "@sluice/core/arguments";
import type { Callback, Data } from "@sluice/nn";
import { callable, optional, optionsOf, preset, required, type Names, type Table } from "@sluice/nn/kit";
import type { RunName } from "../runs/recurrentRuns.ts";
import {
  gradientFlowTable,
  lookAtFlow,
  type FlowLook,
  type GradientFlow,
  type GradientFlowOptions,
  type LayerFlow,
} from "./gradientFlow.ts";
import { there } from "../runs/there.ts";
import type { FlowName } from "./advice.ts";

export interface GradientFlowRecorderOptions extends GradientFlowOptions {
  /** What is looked at each time: the same rows, so that times compare. Some of the training data, say. */
  readonly data: Data<Names, Names>;
  /** Batches from one time to the next; the first is before the first batch. Default 100. */
  readonly every?: number;
  /** Hears of each time as it is recorded. */
  readonly onRecord?: (flow: GradientFlow, batch: number) => void | Promise<void>;
  /** Default "gradientFlowRecorder". */
  readonly name?: string;
}

const anyData: Rule<Data<Names, Names>> = {
  expected: "data, as fit takes it",
  accepts: (value): value is Data<Names, Names> => typeof value === "object" && value !== null && "x" in value && "y" in value, // the rest is checked as it is read
};

export const gradientFlowRecorderTable = {
  ...gradientFlowTable,
  data: required(anyData),
  every: preset(size, 100),
  onRecord: optional(callable as Rule<NonNullable<GradientFlowRecorderOptions["onRecord"]>>),
  name: preset(text, "gradientFlowRecorder"),
} satisfies Table<GradientFlowRecorderOptions>;

/** Of one state of a layer: by time, then by step. */
export interface RecordedLayer extends RunName {
  readonly state: string;
  /** Mean norms, as `gradientFlow` gives them; null also where they are not finite. */
  readonly norms: readonly (readonly (number | null)[])[];
  readonly verdicts: readonly FlowName[];
  /** Null where norms are not finite. */
  readonly slopes: readonly (number | null)[];
}

/** JSON. */
export interface FlowRecord {
  /** Batches that the trainer had been through. */
  readonly batches: readonly number[];
  /** Null where it is not finite. */
  readonly losses: readonly (number | null)[];
  readonly layers: readonly RecordedLayer[];
}

export interface GradientFlowRecorder extends Callback {
  /** A copy of what was recorded so far. */
  readonly record: FlowRecord;
}

/**
 * A callback that records `gradientFlow` of the same rows before the first batch and every `every` batches.
 *
 * What it records changes no number of the training, and goes into checkpoints and on from them. A time costs a forward and backward pass over `samples` rows and
 * a wait for what is queued: about one batch of so many rows; the first has to be compiled. Throws INVALID_ARGUMENT for options that make no sense, and in `fit` as `gradientFlow`.
 *
 * ```ts
 * const recorder = gradientFlowRecorder({ data: { x: x.slice(0, 32), y: y.slice(0, 32) }, every: 50 });
 * await trainer.fit({ x, y }, { epochs: 10, callbacks: [recorder] });
 * const { batches, layers } = recorder.record;   // layers[0].norms[time][step]
 * ```
 */
export function gradientFlowRecorder(options: GradientFlowRecorderOptions): GradientFlowRecorder {
  const who = "gradientFlowRecorder";
  const { data, every, onRecord, name, samples, threshold } = optionsOf(who, gradientFlowRecorderTable, options);
  let record: FlowRecord = { batches: [], losses: [], layers: [] };
  let look: FlowLook | undefined;
  const take = async (batch: number): Promise<void> => {
    if (look === undefined || record.batches.at(-1) === batch) return;
    const flow = await look.flow();
    record = added(record, flow, batch);
    await onRecord?.(flow, batch);
  };
  return {
    name,
    get record() {
      return structuredClone(record);
    },
    async onTrainBegin({ trainer, batches }) {
      look?.dispose();
      look = await lookAtFlow(who, trainer, data, { samples, threshold });
      await take(batches);
    },
    async onTrainBatchEnd(_, { batches }) {
      if (batches % every === 0) await take(batches);
    },
    onTrainEnd() {
      look?.dispose();
      look = undefined;
    },
    state: () => record,
    resume: (saved) => void (record = saved as FlowRecord), // what `state` gave
  };
}

function added({ batches, losses, layers }: FlowRecord, flow: GradientFlow, batch: number): FlowRecord {
  const begun = flow.layers.map(({ layer, kind, cell, direction, state }, i): RecordedLayer => ({
    ...{ layer, kind, cell, direction, state },
    ...(layers[i] ?? { norms: [], verdicts: [], slopes: [] }),
  }));
  const grown = (one: RecordedLayer, { mean, verdict }: LayerFlow): RecordedLayer => ({
    ...one,
    norms: [...one.norms, mean.map(inJson)],
    verdicts: [...one.verdicts, verdict.name],
    slopes: [...one.slopes, inJson(verdict.slope)],
  });
  return {
    batches: [...batches, batch],
    losses: [...losses, inJson(flow.loss)],
    layers: begun.map((one, i) => grown(one, there(flow.layers[i]))),
  };
}

/** JSON has no NaN and no infinity. */
function inJson(value: number | null): number | null {
  return Number.isFinite(value) ? value : null;
}
