// The options that say how a layer's weight starts, what its size costs and what it is kept to, by Keras's names: kernelInitializer, biasConstraint, ….
import { isWeight, mapTree, type Init, type PlainInit, type Tree, type Weight } from "@sluice/core";
import { anyInit } from "@sluice/core/arguments";
import { optional, type Option } from "../options/table.ts";
import { anyConstraint, type Constraint } from "../weights/constraint.ts";
import type { LayerWeight } from "../weights/layerWeight.ts";
import { anyRegularizer, type Regularizer } from "../weights/regularizer.ts";

/** For weights that options call W: "kernel", "bias". */
export type WeightOptions<W extends string> = {
  /** How it starts. Default as the layer says. */
  readonly [K in W as `${K}Initializer`]?: PlainInit;
} & {
  /** What its size adds to the loss. Default nothing. */
  readonly [K in W as `${K}Regularizer`]?: Regularizer;
} & {
  /** What it is kept to after each update. Default nothing. */
  readonly [K in W as `${K}Constraint`]?: Constraint;
};

export interface ActivityOption {
  /** What the size of the output, after the activation, adds to the loss: of each sample, over its steps that count. Default nothing. */
  readonly activityRegularizer?: Regularizer;
}

type WeightTable<W extends string> = { readonly [K in W as `${K}Initializer`]: Option<PlainInit> } & {
  readonly [K in W as `${K}Regularizer`]: Option<Regularizer>;
} & { readonly [K in W as `${K}Constraint`]: Option<Constraint> };

export function weightTable<const W extends string>(...names: readonly W[]): WeightTable<W> {
  const entries = names.flatMap((name) => [
    [`${name}Initializer`, optional(anyInit)],
    [`${name}Regularizer`, optional(anyRegularizer)],
    [`${name}Constraint`, optional(anyConstraint)],
  ]);
  return Object.fromEntries(entries) as WeightTable<W>; // by its definition
}

export const activityTable = { activityRegularizer: optional(anyRegularizer) };

/** `weight` as the options that call it `name` say it. Of one in blocks those that start at zero start otherwise: a forget bias stays. */
export function declared(weight: Weight, name: string, config: object): LayerWeight {
  const given = config as Readonly<Record<string, unknown>>; // which its table has checked
  const [initializer, regularizer, constraint] = ["Initializer", "Regularizer", "Constraint"].map((what) => given[`${name}${what}`]);
  return {
    ...weight,
    ...(initializer !== undefined && { init: started(weight.init, initializer as PlainInit) }),
    ...(regularizer !== undefined && { regularizer: regularizer as Regularizer }),
    ...(constraint !== undefined && { constraint: constraint as Constraint }),
  };
}

/** The same of all weights in a tree, by what options call those of a key: { wx: "kernel" }. Others stay as they are. */
export function declaredIn(weights: Tree<Weight>, called: Readonly<Record<string, string>>, config: object): Tree<Weight> {
  const names = new Set(Object.values(called));
  const isSaid = Object.keys(config).some((option) => names.has(option.replace(/(Initializer|Regularizer|Constraint)$/, "")));
  if (!isSaid) return weights;
  const each = (leaf: unknown, path: string): Weight => {
    const weight = leaf as Weight, // `isWeight` says so
      name = called[path.slice(path.lastIndexOf(".") + 1)];
    return name === undefined ? weight : declared(weight, name, config);
  };
  return mapTree(weights, isWeight, each) as Tree<Weight>; // one for each
}

function started(own: Init, init: PlainInit): Init {
  if (typeof own === "string" || !("columns" in own)) return init;
  return { columns: own.columns.map((one) => (one === "zeros" ? init : one)) };
}
