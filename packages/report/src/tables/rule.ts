// What an option that takes a table may be.
import type { Rule } from "@sluice/core/arguments";
import { isRecord } from "@sluice/nn/kit";
import type { Table } from "./table.ts";

export const madeTable: Rule<Table> = {
  expected: "what table({ columns, rows }) returned",
  accepts: (value): value is Table => isRecord(value) && value["kind"] === "table" && Array.isArray(value["rows"]),
};
