// A weight as a layer declares it, with what is different about it while a model trains.
import type { Weight } from "@sluice/core";
import { boolean, check } from "@sluice/core/arguments";
import { anyConstraint, type Constraint } from "./constraint.ts";
import { anyRegularizer, penaltiesOf, type Regularizer } from "./regularizer.ts";
import { plainRole, type Role } from "./roles.ts";

export interface LayerWeight extends Weight {
  /** False of one that no gradient reaches: what a layer gathers while it trains, such as moving statistics, and sets by `Learning.next`. Default true. */
  readonly trainable?: boolean;
  /** What its size adds to the loss. */
  readonly regularizer?: Regularizer;
  /** What it is kept to after each update. */
  readonly constraint?: Constraint;
}

/** Where no group says otherwise. Throws INVALID_ARGUMENT, naming the weight, for what it may not be. */
export function roleOf({ trainable = true, regularizer, constraint }: LayerWeight, name: string): Role {
  check(`weight ${name}`, "trainable", trainable, boolean);
  if (regularizer !== undefined) check(`weight ${name}`, "regularizer", regularizer, anyRegularizer);
  if (constraint !== undefined) check(`weight ${name}`, "constraint", constraint, anyConstraint);
  return { ...plainRole, trainable, moves: !trainable, ...(regularizer !== undefined && penaltiesOf(regularizer)), constraint };
}
