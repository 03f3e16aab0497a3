// The page of options, made of the tables that check them.
import { show } from "@sluice/core/arguments";
import type { AnyOption, AnyTable } from "../options/table.ts";

const opening = `# Options of layers, losses, metrics, optimizers and verbs

What each takes, made of the tables that check it: when it is called, and when a model is read from a file. A test keeps this page as it
is (\`npx vitest --project nn options -u\` writes it anew). An option that is not in its table is refused, with the nearest name that is; so
is a value that is not what the table says.
`;

export function optionsPage(tables: Readonly<Record<string, AnyTable>>): string {
  return [opening, ...Object.entries(tables).map(([name, table]) => section(name, table))].join("\n");
}

function section(name: string, table: AnyTable): string {
  const rows = Object.entries(table).map(([option, entry]) => `| \`${option}\` | ${entry.rule.expected} | ${presetOf(entry)} |`);
  return [`## ${name}`, "", "| option | must be | where it is left out |", "| --- | --- | --- |", ...rows, ""].join("\n");
}

function presetOf({ required, preset }: AnyOption): string {
  if (required) return "it is needed";
  return preset === undefined ? "none" : `\`${show(preset)}\``;
}
