// What a recurrence does to its state from step to step: spectral radii of its Jacobians, and Lyapunov exponents.
import { SluiceError, type HostArray } from "@sluice/core";
import { size } from "@sluice/core/arguments";
import type { Numbers } from "@sluice/nn";
import { lookAtOutputs, optional, optionsOf, preset, type TrainerLike, type ByName, type Names, type Table } from "@sluice/nn/kit";
import { identity, nextBasis, spectralRadius, type Rows } from "../matrices/matrices.ts";
import { givenInputs, inputsTable, layerNames, type InputsOptions } from "../runs/inputsOptions.ts";
import type { RunName } from "../runs/recurrentRuns.ts";
import { there } from "../runs/there.ts";
import { traceJacobians, type JacobianPart } from "./traceJacobians.ts";

export interface StateDynamicsOptions extends InputsOptions {
  /** Names of the layers that are looked at. Default all recurrent ones. */
  readonly layers?: readonly string[];
  /** Rows of x, the first ones: each is a trajectory of its own. Default 1. */
  readonly samples?: number;
}

export const stateDynamicsTable = {
  ...inputsTable,
  layers: optional(layerNames),
  samples: preset(size, 1),
} satisfies Table<StateDynamicsOptions>;

export interface LayerDynamics extends RunName {
  /** Widths of the states that are taken together, { h: 16, c: 16 }. */
  readonly states: Readonly<Record<string, number>>;
  /** By row, then by step in the order of the sequence: the largest |λ| of ∂s_t/∂s_{t−1}, null where the step does not count. */
  readonly spectralRadius: readonly (readonly (number | null)[])[];
  /** By row: the exponents per step, the largest first; null for a direction that is lost altogether (−∞), and where no step counts. */
  readonly lyapunov: readonly (readonly (number | null)[])[];
}

/**
 * Along the way that inputs take a model's recurrent layers: the spectral radius of the Jacobian ∂s_t/∂s_{t−1} of every step, where s are all states of a layer
 * side by side, and the Lyapunov exponents of their product, by QR at each step (Benettin et al. 1980): the mean of log|R_ii| over the steps that count.
 *
 * Above 0 the largest exponent says that what differs a little at first differs ever more: gradients through so many steps explode; below 0, that it is forgotten.
 * The Jacobians are exact, of the model as `predict` runs it. Costs size² numbers a step and row, and O(size³) on the host for each, with `size` the units of all states.
 *
 * Throws INVALID_ARGUMENT for a layer that is not recurrent and options that make no sense; what `predict` throws of x.
 *
 * ```ts
 * const { layers } = await stateDynamics(trainer, x);
 * console.log(layers[0]?.spectralRadius[0], layers[0]?.lyapunov[0]?.[0]);
 * ```
 */
export async function stateDynamics(
  trainer: TrainerLike,
  x: ByName<Names, Numbers>,
  options: StateDynamicsOptions = {},
): Promise<{ readonly layers: readonly LayerDynamics[] }> {
  const who = "stateDynamics";
  const { layers, samples, lengths } = optionsOf(who, stateDynamicsTable, options);
  let parts: readonly JacobianPart[] = [];
  const wants = (layer: string): boolean => layers?.includes(layer) ?? true;
  const look = await lookAtOutputs(trainer, givenInputs(x, lengths), { who, samples }, (seen) => {
    const traced = traceJacobians(seen, wants);
    parts = traced.parts;
    const missing = layers?.find((name) => !parts.some(({ layer }) => layer === name));
    if (parts.length === 0 || missing !== undefined) throw notRecurrent(who, missing);
    return traced.given;
  });
  try {
    const arrays = await look.run();
    return { layers: parts.map((part) => dynamicsOf(part, arrays)) };
  } finally {
    look.dispose();
  }
}

function dynamicsOf({ jacobians, counts, ...name }: JacobianPart, arrays: Readonly<Record<string, HostArray>>): LayerDynamics {
  const { shape, data } = there(arrays[jacobians]),
    [steps = 0, size = 0, batch = 0] = shape;
  const counted = counts === undefined ? undefined : there(arrays[counts]).data;
  const matrixAt = (t: number, row: number): Rows =>
    Array.from({ length: size }, (_, i) => {
      const from = ((t * size + i) * batch + row) * size;
      return Array.from(data.subarray(from, from + size), Number);
    });
  const rows = Array.from({ length: batch }, (_, row) =>
    Array.from({ length: steps }, (_, t) => (counted?.[t * batch + row] === 0 ? undefined : matrixAt(t, row))),
  );
  return {
    ...name,
    spectralRadius: rows.map((row) => row.map((matrix) => (matrix === undefined ? null : spectralRadius(matrix)))),
    lyapunov: rows.map((row) => exponents(name.direction === "backward" ? row.toReversed() : row, size)),
  };
}

/** Benettin, Galgani, Giorgilli & Strelcyn 1980, part 2: the growth of a basis that is made orthonormal anew at each step. */
function exponents(matrices: readonly (Rows | undefined)[], size: number): readonly (number | null)[] {
  const along = matrices.filter((matrix) => matrix !== undefined);
  const sums = new Float64Array(size);
  let basis = identity(size);
  for (const matrix of along) {
    const { q, diagonal } = nextBasis(matrix, basis);
    basis = q;
    diagonal.forEach((r, i) => (sums[i] = (sums[i] ?? 0) + Math.log(Math.abs(r))));
  }
  const means = Array.from(sums, (sum) => sum / along.length).toSorted((a, b) => b - a);
  return means.map((mean) => (Number.isFinite(mean) ? mean : null));
}

function notRecurrent(who: string, layer: string | undefined): SluiceError {
  const what = layer === undefined ? "the model has no recurrent layer" : `there is no recurrent layer "${layer}"`;
  return new SluiceError({ code: "INVALID_ARGUMENT", who, what, fix: "Name layers as model.summary() has them" });
}
