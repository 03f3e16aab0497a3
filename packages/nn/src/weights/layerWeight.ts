// A weight as a layer declares it, with what is different about it while a model trains.
import type { Weight } from "@sluice/core";
import type { Constraint } from "./constraint.ts";
import { penaltiesOf, type Regularizer } from "./regularizer.ts";
import { plainRole, type Role } from "./roles.ts";

export interface LayerWeight extends Weight {
  /** False of one that no gradient reaches: what a layer gathers while it trains, such as moving statistics (`LayerContext.moving`). Default true. */
  readonly trainable?: boolean;
  /** What its size adds to the loss. */
  readonly regularizer?: Regularizer;
  /** What it is kept to after each update. */
  readonly constraint?: Constraint;
}

/** Where no group says otherwise. */
export function roleOf({ trainable = true, regularizer, constraint }: LayerWeight): Role {
  return { ...plainRole, trainable, moves: !trainable, ...(regularizer !== undefined && penaltiesOf(regularizer)), constraint };
}
