// How much weights move, against how large they are.
import { leavesOf, SluiceError, type HostArray } from "@sluice/core";
import { refused } from "@sluice/core/arguments";
import type { AnyWeights } from "@sluice/nn";

export interface UpdateRatio {
  /** By layer and key: "lstm.wh". */
  readonly weight: string;
  /** ‖w_after − w_before‖ */
  readonly update: number;
  /** ‖w_before‖ */
  readonly norm: number;
  /** `update` / `norm`; null where the weight was 0 throughout, such as a bias that has not learnt yet. */
  readonly ratio: number | null;
}

/**
 * ‖Δw‖ / ‖w‖ of each weight between two calls of `trainer.weights()`.
 *
 * After one update some 1e-3 is usual; far more and the learning rate is too high for that weight, far less and it hardly learns. After n updates it is the
 * way gone by all of them. Throws INVALID_ARGUMENT for weights of unlike names or shapes.
 *
 * ```ts
 * const before = await trainer.weights();
 * await trainer.fit(data, { epochs: 1 });
 * for (const { weight, ratio } of updateRatios(before, await trainer.weights())) console.log(weight, ratio);
 * ```
 */
export function updateRatios(before: AnyWeights, after: AnyWeights): readonly UpdateRatio[] {
  const [old, fresh] = [arraysIn(before), new Map(arraysIn(after))];
  const known = new Set(old.map(([weight]) => weight));
  const other = [...fresh.keys()].find((weight) => !known.has(weight));
  if (other !== undefined) throw unlike(other);
  return old.map(([weight, { data, shape }]) => {
    const next = fresh.get(weight);
    if (next === undefined || next.shape.join() !== shape.join()) throw unlike(weight);
    const update = norm(data.length, (i) => Number(next.data[i]) - Number(data[i])),
      size = norm(data.length, (i) => Number(data[i]));
    return { weight, update, norm: size, ratio: size === 0 ? null : update / size };
  });
}

function arraysIn(weights: AnyWeights): [weight: string, array: HostArray][] {
  const leaves = leavesOf(weights, isArray);
  const wrong = leaves.find(([, leaf]) => !isArray(leaf));
  if (wrong !== undefined) throw refused("updateRatios", wrong[0] || "weights", wrong[1], "what trainer.weights() gives");
  return leaves as [string, HostArray][]; // as was just seen
}

function norm(length: number, at: (i: number) => number): number {
  let squares = 0;
  for (let i = 0; i < length; i++) squares += at(i) ** 2;
  return Math.sqrt(squares);
}

function isArray(value: unknown): boolean {
  return typeof value === "object" && value !== null && "data" in value && "shape" in value;
}

function unlike(weight: string): SluiceError {
  const what = `the weight "${weight}" is not the same in both`;
  return new SluiceError({
    code: "INVALID_ARGUMENT",
    who: "updateRatios",
    what,
    fix: "Give two calls of trainer.weights() of one trainer",
  });
}
