// The average of the weights over the updates, which an optimizer keeps beside them: exponential (Polyak & Juditsky 1992; Keras's use_ema), or of equal shares,
// as stochastic weight averaging has it (Izmailov et al. 2018, algorithm 1). Which share an update has is a number of the host's: both are one Program.
import { SluiceError, where, type Tensor, type TypedArray } from "@sluice/core";
import { boolean, rate, size } from "@sluice/core/arguments";
import { counter } from "../options/rules.ts";
import { optional, preset, type Filled, type Table } from "../options/table.ts";

export interface AveragingConfig {
  /** Keep an exponential average of the weights, ā ← m ā + (1 − m) θ after each update, θ at the first. Default false. */
  readonly useEma?: boolean;
  /** m, in 0 … 1, default 0.99. */
  readonly emaMomentum?: number;
  /** After so many updates, and each time again, the weights become their average. Default never: the average is kept beside them. */
  readonly emaOverwriteFrequency?: number;
  /** Keep the equal average of the weights as each update past this many leaves them, ā ← (n ā + θ) / (n + 1). Default none. */
  readonly swaStart?: number;
  /** Updates from one that counts to the next, such as a cycle of a cyclic rate; default 1. Before the first the average is the weights. */
  readonly swaFrequency?: number;
}

export const averagingTable = {
  useEma: preset(boolean, false),
  emaMomentum: preset(rate, 0.99),
  emaOverwriteFrequency: optional(size),
  swaStart: optional(counter),
  swaFrequency: preset(size, 1),
} satisfies Table<AveragingConfig>;

/** How an optimizer averages the weights that come out of its updates. */
export interface Averaging {
  /** The numbers that each update needs: what stays of the average, what the weights have in it, and, where `overwrites`, 1 where they become it. */
  readonly hyperLength: number;
  readonly overwrites: boolean;
  /** Those for the update after `step` others, written from `at` on. */
  hyper(step: number, into: TypedArray, at: number): void;
}

/** None where nothing is asked for. Throws INVALID_ARGUMENT for both averages at once, and for what says how without one. */
export function averagingOf(who: string, config: Filled<typeof averagingTable>): Averaging | undefined {
  const { useEma, emaMomentum, emaOverwriteFrequency: frequency, swaStart } = config;
  if (useEma && swaStart !== undefined)
    throw refused(who, "useEma and swaStart ask for two averages of the weights", "Leave one of them out");
  if (!useEma && frequency !== undefined) throw refused(who, "emaOverwriteFrequency is of an average that is not kept", "Set useEma: true");
  if (!useEma && swaStart === undefined) return undefined;
  const shareAt = useEma ? (step: number): number => (step === 0 ? 1 : 1 - emaMomentum) : swaShare(swaStart ?? 0, config.swaFrequency);
  const overwrites = frequency !== undefined;
  return {
    hyperLength: overwrites ? 3 : 2,
    overwrites,
    hyper(step, into, at) {
      const share = shareAt(step);
      into[at] = useEma && step > 0 ? emaMomentum : 1 - share; // as Keras has it, not rounded twice
      into[at + 1] = share;
      if (frequency !== undefined) into[at + 2] = (step + 1) % frequency === 0 ? 1 : 0;
    },
  };
}

/** 1/(n + 1) for the weights after an update that counts, n before it; 0 for those between; all before the first. */
function swaShare(start: number, frequency: number): (step: number) => number {
  return (step) => {
    const after = step + 1 - start;
    if (after <= frequency) return 1;
    return after % frequency === 0 ? frequency / after : 0;
  };
}

export interface Averaged {
  readonly params: Tensor;
  readonly average: Tensor;
}

/** Traced: the average with the weights that an update comes to, and the weights. All flat; `hyper` are scalars. */
export function averaged({ overwrites }: Averaging, { params, average }: Averaged, hyper: readonly Tensor[]): Averaged {
  const [kept, share, isOver] = hyper as readonly [Tensor, Tensor, Tensor?]; // `hyperLength` of them
  const next = average.mul(kept).add(params.mul(share));
  return { average: next, params: overwrites && isOver !== undefined ? where(isOver, next, params) : params };
}

function refused(who: string, what: string, fix: string): SluiceError {
  return new SluiceError({ code: "INVALID_ARGUMENT", who, what, fix });
}
