// How open the gates of recurrent layers are, and which of them are stuck.
import { cast, less, type HostArray, type Tensor } from "@sluice/core";
import { size } from "@sluice/core/arguments";
import type { Numbers } from "@sluice/nn";
import { lookAtOutputs, optionsOf, preset, type TrainerLike, type ByName, type Names, type Table } from "@sluice/nn/kit";
import { givenInputs, inputsTable, type InputsOptions } from "../runs/inputsOptions.ts";
import { countsOf, recurrentRuns, type Looking, type Named, type RunName } from "../runs/recurrentRuns.ts";
import { there } from "../runs/there.ts";

export interface GateStatisticsOptions extends InputsOptions {
  /** Rows of x, the first ones. Default 32. */
  readonly samples?: number;
}

export const gateStatisticsTable = { ...inputsTable, samples: preset(size, 32) } satisfies Table<GateStatisticsOptions>;

/** Below and above these a gate counts as saturated: σ′ is then less than a fifth of its largest, 1/4. */
const [shut, opened] = [0.05, 0.95];

export interface GateStatistics extends RunName {
  /** "forget", as the cell calls it. */
  readonly gate: string;
  /** Over all units, steps that count and rows. */
  readonly mean: number;
  /** The share of values below 0.05. */
  readonly low: number;
  /** The share of values above 0.95. */
  readonly high: number;
  /** `low` + `high`. */
  readonly saturated: number;
  /** Of each unit, its mean over steps that count and rows. */
  readonly units: readonly number[];
}

/**
 * Of every gate of a model's recurrent layers, as the model runs in `predict`: its mean, and the shares of values below 0.05 and above 0.95, where σ hardly has a slope and
 * the gate hardly learns. A forget gate that stays high keeps its memory; one that is low at every step has none.
 *
 * Gates are those that cells name: input, forget and output of lstm, update and reset of gru, forget of mgu, and whatever a cell of yours gives to `gate`. NaN where no
 * step counts. Throws what `predict` throws of x, INVALID_ARGUMENT for options that make no sense.
 */
export async function gateStatistics(
  trainer: TrainerLike,
  x: ByName<Names, Numbers>,
  options: GateStatisticsOptions = {},
): Promise<readonly GateStatistics[]> {
  const who = "gateStatistics";
  const { samples, lengths } = optionsOf(who, gateStatisticsTable, options);
  const parts: Part[] = [];
  const look = await lookAtOutputs(trainer, givenInputs(x, lengths), { who, samples }, ({ apply }) => {
    const { runs } = recurrentRuns(keeping, () => apply());
    const given: Record<string, Tensor> = {};
    for (const [i, { run, seen, layer, kind, cell, direction }] of runs.entries())
      for (const [gate, value] of Object.entries(seen)) {
        Object.assign(given, sharesOf(`${i} ${gate}`, value, countsOf(run)));
        parts.push({ layer, kind, cell, direction, gate, path: `${i} ${gate}` });
      }
    return given;
  });
  try {
    const arrays = await look.run();
    return parts.map((part) => statisticsOf(part, arrays));
  } finally {
    look.dispose();
  }
}

const keeping: Looking = () => ({ inputs: {}, step: ({ output, state, gates }) => ({ output, state, seen: gates }) });

interface Part extends RunName {
  readonly gate: string;
  readonly path: string;
}

/** Means over steps and rows, by unit. */
function sharesOf(path: string, gate: Tensor, counts: Tensor | undefined): Named {
  const [steps = 0, batch = 0] = gate.shape;
  const counted = counts?.expand(2);
  const total = counts === undefined ? steps * batch : cast(counts.sum(), gate.dtype);
  const mean = (x: Tensor): Tensor => (counted === undefined ? x : x.mul(cast(counted, x.dtype))).sum([0, 1]).div(total);
  return {
    [`${path} mean`]: mean(gate),
    [`${path} low`]: mean(cast(less(gate, shut), gate.dtype)),
    [`${path} high`]: mean(cast(gate.greater(opened), gate.dtype)),
  };
}

function statisticsOf({ path, ...name }: Part, arrays: Readonly<Record<string, HostArray>>): GateStatistics {
  const of = (what: string): readonly number[] => Array.from(there(arrays[`${path} ${what}`]).data, Number);
  const overall = (what: string): number => of(what).reduce((sum, one) => sum + one, 0) / of(what).length;
  const [low, high] = [overall("low"), overall("high")];
  return { ...name, mean: overall("mean"), low, high, saturated: low + high, units: of("mean") };
}
