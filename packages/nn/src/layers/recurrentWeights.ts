// What the options of a recurrent layer say of the weights that its cell declares.
import { isWeight, mapTree, type Tree, type Weight } from "@sluice/core";
import { declared, weightTable, type WeightOptions } from "./weightOptions.ts";

/** Of `wx`, the kernel; of `wh`, the recurrent one; of `b` and what else is a bias. */
export type RecurrentWeightOptions = WeightOptions<"kernel" | "recurrent" | "bias">;

export const recurrentWeightTable = weightTable("kernel", "recurrent", "bias");

/** What options call the weights of the cells that come along. */
const called: Readonly<Record<string, string>> = { wx: "kernel", wh: "recurrent", b: "bias", bh: "bias" };

/** The weights of one direction, or of both, as the options say them. */
export function declaredIn(weights: Tree<Weight>, config: object): Tree<Weight> {
  if (Object.keys(config).every((option) => !Object.hasOwn(recurrentWeightTable, option))) return weights;
  const each = (leaf: unknown, path: string): Weight => {
    const weight = leaf as Weight, // `isWeight` says so
      name = called[path.slice(path.lastIndexOf(".") + 1)];
    return name === undefined ? weight : declared(weight, name, config);
  };
  return mapTree(weights, isWeight, each) as Tree<Weight>; // one for each
}
