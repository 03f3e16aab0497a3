// The way that a recurrent layer's state takes, step by step, and what of it can be drawn.
import { SluiceError, type Tensor } from "@sluice/core";
import { size, text } from "@sluice/core/arguments";
import type { Numbers } from "@sluice/nn";
import { lookAtOutputs, optional, optionsOf, preset, type TrainerLike, type ByName, type Names, type Table } from "@sluice/nn/kit";
import { givenInputs, inputsTable, type InputsOptions } from "../runs/inputsOptions.ts";
import { countsOf, recurrentRuns, type Looking, type RunName } from "../runs/recurrentRuns.ts";
import { there } from "../runs/there.ts";
import { pca, type Pca } from "./pca.ts";

export interface StateTrajectoriesOptions extends InputsOptions {
  /** Rows of x, the first ones. Default 32. */
  readonly samples?: number;
  /** The layer's name. Default the first recurrent one. */
  readonly layer?: string;
  /** Of a layer that runs both ways. Default "forward", or the one that there is. */
  readonly direction?: "forward" | "backward";
  /** Which state, "h" or "c". Default the first. */
  readonly state?: string;
  /** Principal components of all steps of all rows. Default 2, at most the units. */
  readonly components?: number;
}

export const stateTrajectoriesTable = {
  ...inputsTable,
  samples: preset(size, 32),
  layer: optional(text),
  direction: optional({
    expected: '"forward" or "backward"',
    accepts: (value): value is "forward" | "backward" => value === "forward" || value === "backward",
  }),
  state: optional(text),
  components: preset(size, 2),
} satisfies Table<StateTrajectoriesOptions>;

export interface StateTrajectories extends RunName {
  readonly state: string;
  /** By row and step: the state after that step, null where the step does not count. */
  readonly states: readonly (readonly (readonly number[] | null)[])[];
  /** The same along the principal components of all of them. */
  readonly points: readonly (readonly (readonly number[] | null)[])[];
  /** Of these components, without the points. */
  readonly components: Omit<Pca, "points">;
}

/**
 * The hidden states of one recurrent layer at every step of some inputs, and their principal components. As `predict` runs the model; the same inputs give the same signs.
 *
 * Throws INVALID_ARGUMENT for a layer or a state that there is not, what `predict` throws of x.
 */
export async function stateTrajectories(
  trainer: TrainerLike,
  x: ByName<Names, Numbers>,
  options: StateTrajectoriesOptions = {},
): Promise<StateTrajectories> {
  const who = "stateTrajectories";
  const { samples, lengths, layer: wanted, direction: way, state: name, components } = optionsOf(who, stateTrajectoriesTable, options);
  let found: (RunName & { readonly state: string }) | undefined;
  const look = await lookAtOutputs(trainer, givenInputs(x, lengths), { who, samples }, ({ apply }) => {
    const { runs } = recurrentRuns(keeping, () => apply());
    const fits = runs.filter(
      ({ layer, direction }) => (wanted === undefined || layer === wanted) && (way === undefined || direction === way),
    );
    const run = fits[0];
    const state = name ?? Object.keys(run?.seen ?? {})[0];
    const states = state === undefined ? undefined : run?.seen[state];
    if (run === undefined || state === undefined || states === undefined) throw noState(who, wanted, name);
    const { layer, kind, cell, direction } = run;
    found = { layer, kind, cell, direction, state };
    const counts = countsOf(run.run);
    return { states, ...(counts !== undefined && { counts }) };
  });
  try {
    const { states: array, counts } = await look.run();
    const { shape, data } = there(array),
      [steps = 0, batch = 0] = shape,
      width = data.length / Math.max(1, steps * batch);
    const at = (row: number, t: number): readonly number[] | null => {
      const i = t * batch + row;
      return counts?.data[i] === 0 ? null : Array.from(data.subarray(i * width, (i + 1) * width), Number);
    };
    const states = Array.from({ length: batch }, (_, row) => Array.from({ length: steps }, (_, t) => at(row, t)));
    const { points, ...rest } = pca(
      states.flat().filter((state) => state !== null),
      Math.min(components, width),
    );
    let next = 0;
    const placed = states.map((row) => row.map((state) => (state === null ? null : there(points[next++]))));
    return { ...there(found), states, points: placed, components: rest };
  } finally {
    look.dispose();
  }
}

const keeping: Looking = () => ({
  inputs: {},
  step: ({ output, state }) => ({
    output,
    state,
    seen: Object.fromEntries(Object.entries<Tensor>(state).filter(([, { dtype }]) => dtype !== "i32")),
  }),
});

function noState(who: string, layer: string | undefined, state: string | undefined): SluiceError {
  const what = `there is no recurrent layer${layer === undefined ? "" : ` "${layer}"`}${state === undefined ? "" : ` with a state "${state}"`}`;
  return new SluiceError({
    code: "INVALID_ARGUMENT",
    who,
    what,
    fix: "Name layers as model.summary() has them, and states as their cells do",
  });
}
