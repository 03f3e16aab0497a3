// What the layers of the cells that come along have in common: the options of any recurrent layer, and those of its weights.
import type { Table } from "../options/table.ts";
import { recurrentTable, type RecurrentConfig } from "./recurrent.ts";
import { recurrentWeightTable, type RecurrentWeightOptions } from "./recurrentWeights.ts";

export interface CellLayerConfig extends RecurrentConfig, RecurrentWeightOptions {}

/** What is left of the options without these is the cell's. */
export const cellLayerTable = { ...recurrentTable, ...recurrentWeightTable } satisfies Table<CellLayerConfig>;
