// What the options of a recurrent layer say of the weights that its cell declares.
import { weightTable, type WeightOptions } from "./weightOptions.ts";

/** Of `wx`, the kernel; of `wh`, the recurrent one; of `b` and what else is a bias. */
export type RecurrentWeightOptions = WeightOptions<"kernel" | "recurrent" | "bias">;

export const recurrentWeightTable = weightTable("kernel", "recurrent", "bias");

/** What options call the weights of the cells that come along. */
export const recurrentWeights: Readonly<Record<string, string>> = { wx: "kernel", wh: "recurrent", b: "bias", bh: "bias" };
