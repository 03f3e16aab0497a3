// What a weight is kept to after each update, by Keras 3's names and formulas.
import { clip, div, maximum, sqrt, square, type Tensor } from "@sluice/core";
import { nonNegative, oneOf, positive, rate, refused, maxRank, wholeIn, type Rule } from "@sluice/core/arguments";
import { either, listOf, options } from "../options/rules.ts";
import { optional, required } from "../options/table.ts";

/** The axes along which a norm is taken; negative ones count from the last. Default 0: of a kernel [features, units] each unit's own. */
type Axes = number | readonly number[];

export interface MaxNorm {
  /** Vectors that are longer are cut to it. */
  readonly maxNorm: number;
  readonly axis?: Axes;
}

export interface UnitNorm {
  readonly unitNorm: true;
  readonly axis?: Axes;
}

export interface MinMaxNorm {
  readonly minMaxNorm: readonly [min: number, max: number];
  /** How far towards it a vector outside goes in one update; in 0 … 1, default 1. */
  readonly rate?: number;
  readonly axis?: Axes;
}

/** "nonNeg": not below 0. By name, "maxNorm" is 2, "minMaxNorm" 0 … 1, as Keras has them. */
export type Constraint = "nonNeg" | "unitNorm" | "maxNorm" | "minMaxNorm" | MaxNorm | UnitNorm | MinMaxNorm;

const axis = wholeIn(-maxRank, maxRank - 1),
  axes: Rule<Axes> = either(axis, listOf(axis));
const ordered: Rule<readonly [number, number]> = {
  expected: "a list of two finite numbers of at least 0, the second not below the first",
  accepts: (value): value is readonly [number, number] =>
    Array.isArray(value) && value.length === 2 && value.every(nonNegative.accepts) && Number(value[0]) <= Number(value[1]),
};
const isTrue: Rule<true> = { expected: "true", accepts: (value): value is true => value === true };

const norms: Rule<Norm> = either(
  either(
    options<MaxNorm>({ maxNorm: required(positive), axis: optional(axes) }),
    options<UnitNorm>({ unitNorm: required(isTrue), axis: optional(axes) }),
  ),
  options<MinMaxNorm>({ minMaxNorm: required(ordered), rate: optional(rate), axis: optional(axes) }),
);

export const anyConstraint: Rule<Constraint> = either(oneOf("nonNeg", "unitNorm", "maxNorm", "minMaxNorm"), norms);

type Norm = MaxNorm | UnitNorm | MinMaxNorm;

/** Throws INVALID_ARGUMENT for axes that a weight of so many lacks, none, or one twice. */
export function checkConstraint(who: string, constraint: Constraint, rank: number): void {
  if (constraint === "nonNeg") return;
  const { axis: given = 0 } = typeof constraint === "string" ? {} : (constraint as { readonly axis?: Axes }); // each may have one
  const axes = [given].flat().map((one) => (one < 0 ? one + rank : one));
  const isRight = axes.length > 0 && new Set(axes).size === axes.length && axes.every((one) => one >= 0 && one < rank);
  if (!isRight) throw refused(who, "the axis of its constraint", given, `one of 0 … ${rank - 1}, or some of them, each once`);
}

const named: Readonly<Record<"unitNorm" | "maxNorm" | "minMaxNorm", Norm>> = {
  unitNorm: { unitNorm: true },
  maxNorm: { maxNorm: 2 },
  minMaxNorm: { minMaxNorm: [0, 1] },
};

/** Keeps a vector of zeros from being divided by 0, as in Keras. */
const epsilon = 1e-7;

/** A weight after an update → the same within its constraint: w · wanted / (ε + ‖w‖). */
export function constrain(w: Tensor, constraint: Constraint): Tensor {
  if (constraint === "nonNeg") return maximum(w, 0);
  const how = typeof constraint === "string" ? named[constraint] : constraint,
    norm = sqrt(square(w).sum(how.axis ?? 0, { keepDims: true }));
  return w.mul(div(wanted(norm, how), norm.add(epsilon)));
}

function wanted(norm: Tensor, how: Norm): Tensor | 1 {
  if ("unitNorm" in how) return 1;
  if ("maxNorm" in how) return clip(norm, 0, how.maxNorm);
  const { minMaxNorm, rate: share = 1 } = how;
  return clip(norm, ...minMaxNorm)
    .mul(share)
    .add(norm.mul(1 - share));
}
