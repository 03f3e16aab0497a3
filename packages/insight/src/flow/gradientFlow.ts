// How the gradient of the loss flows back through time: its norm at the states of every recurrent layer, step by step.
import { SluiceError, type HostArray } from "@sluice/core";
import { size, type Rule } from "@sluice/core/arguments";
import type { Data } from "@sluice/nn";
import { lookAtLoss, optionsOf, preset, type TrainerLike, type Look, type Names, type Table } from "@sluice/nn/kit";
import type { RunName } from "../runs/recurrentRuns.ts";
import { traceFlow, type FlowPart } from "./traceFlow.ts";
import { verdictOf, type Verdict } from "./verdict.ts";

export interface GradientFlowOptions {
  /** Rows of the data that are looked at, the first ones. Default 32. */
  readonly samples?: number;
  /** A gradient vanishes below this share of it, and explodes above its inverse. In (0, 1); default 1e-3. */
  readonly threshold?: number;
}

const share: Rule<number> = {
  expected: "a number above 0 and below 1",
  accepts: (value): value is number => typeof value === "number" && value > 0 && value < 1,
};

export const gradientFlowTable = { samples: preset(size, 32), threshold: preset(share, 1e-3) } satisfies Table<GradientFlowOptions>;

/** Of one state of one recurrent layer in one direction. */
export interface LayerFlow extends RunName {
  /** "h", "c", by the cell's name. */
  readonly state: string;
  /** ‖∂L/∂h_t‖ of the rows that count at step t, their mean, in the order of the sequence; null where none counts. */
  readonly mean: readonly (number | null)[];
  /** The largest of them. */
  readonly max: readonly (number | null)[];
  /** How many rows count. */
  readonly rows: readonly number[];
  readonly verdict: Verdict;
}

export interface GradientFlow {
  /** Of the rows that were looked at, without dropout. */
  readonly loss: number;
  readonly samples: number;
  readonly layers: readonly LayerFlow[];
}

/**
 * The norms ‖∂L/∂h_t‖ of every recurrent layer of a model and each step, with a verdict.
 *
 * L is the loss of the first `samples` rows as `evaluate` computes it: their mean, without dropout, stateful layers from zeros. ∂L/∂h_t is the total derivative, of all
 * that reads h_t: the next step, and whatever reads the output; of lstm likewise of c_t. What is given is plain data. Costs about what a training step of
 * so many rows costs, and the compiling of it.
 *
 * Throws INVALID_ARGUMENT for a model without a recurrent layer or a loss, and options that make no sense; what `evaluate` throws of data.
 *
 * ```ts
 * const { layers } = await gradientFlow(trainer, { x, y });
 * for (const { layer, state, verdict } of layers) console.log(layer, state, verdict.name, verdict.because, verdict.advice);
 * ```
 */
export async function gradientFlow(
  trainer: TrainerLike,
  data: Data<Names, Names>,
  options: GradientFlowOptions = {},
): Promise<GradientFlow> {
  const { samples, threshold } = optionsOf("gradientFlow", gradientFlowTable, options);
  const look = await lookAtFlow("gradientFlow", trainer, data, { samples, threshold });
  try {
    return await look.flow();
  } finally {
    look.dispose();
  }
}

export interface FlowLook extends Pick<Look, "dispose"> {
  flow(): Promise<GradientFlow>;
}

/** To be asked again and again, with the weights as they are then. */
export async function lookAtFlow(
  who: string,
  trainer: TrainerLike,
  data: Data<Names, Names>,
  { samples, threshold }: Required<GradientFlowOptions>,
): Promise<FlowLook> {
  let parts: readonly FlowPart[] = [];
  const look = await lookAtLoss(trainer, data, { who, samples }, (seen) => {
    const traced = traceFlow(seen);
    parts = traced.parts;
    if (parts.length === 0) throw nothingRecurs(who, trainer.model.name);
    return traced.given;
  });
  return {
    dispose: () => look.dispose(),
    async flow() {
      const arrays = await look.run();
      const layers = parts.map((part) => flowOf(part, arrays, threshold));
      return { loss: Number(arrays["loss"]?.data[0]), samples: look.samples, layers };
    },
  };
}

function flowOf({ norms, counts, ...name }: FlowPart, arrays: Readonly<Record<string, HostArray>>, threshold: number): LayerFlow {
  const { shape, data } = arrays[norms] as HostArray, // `traceFlow` gives it
    counted = counts === undefined ? undefined : arrays[counts]?.data;
  const [steps = 0, batch = 0] = shape;
  const byStep = Array.from({ length: steps }, (_, t) => {
    const rows = Array.from({ length: batch }, (_, b) => t * batch + b).filter((at) => counted?.[at] !== 0);
    return rows.map((at) => Number(data[at]));
  });
  const mean = byStep.map((rows) => (rows.length === 0 ? null : rows.reduce((sum, norm) => sum + norm, 0) / rows.length));
  const max = byStep.map((rows) => (rows.length === 0 ? null : Math.max(...rows)));
  const inOrder = name.direction === "backward" ? mean.toReversed() : mean;
  return { ...name, mean, max, rows: byStep.map(({ length }) => length), verdict: verdictOf(inOrder, threshold, name) };
}

function nothingRecurs(who: string, model: string): SluiceError {
  return new SluiceError({
    code: "INVALID_ARGUMENT",
    who,
    what: `the model "${model}" has no recurrent layer`,
    fix: "Look at a model with simpleRNN, lstm, gru, mgu, recurrent(…) or attentionDecoder in it",
  });
}
