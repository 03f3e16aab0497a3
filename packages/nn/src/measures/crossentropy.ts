// What cross-entropies are told.
import type { Table } from "../options/table.ts";
import { logitsTable, type LogitsConfig } from "./logits.ts";
import { smoothingTable, type SmoothingConfig } from "./smoothing.ts";

export interface CrossentropyConfig extends SmoothingConfig, LogitsConfig {}

export const crossentropyTable = { ...smoothingTable, ...logitsTable } satisfies Table<CrossentropyConfig>;
