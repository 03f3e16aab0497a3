import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../scripts/packages.mjs";
import { passTable, programs } from "./programs.ts";

const page = readFileSync(join(root, "docs/architecture.md"), "utf8");

test.each(Object.keys(programs))("the Program shown as %s is the one that comes out", (name) => {
  const shown = new RegExp(`<!-- ${name} -->\n\`\`\`\n(.*?)\n?\`\`\``, "s").exec(page)?.[1];
  expect(shown).toBe(programs[name]!.trimEnd());
});

test("the table of passes is the pipeline", () => {
  expect(/<!-- pipeline -->\n\n(.*?)\n\n/s.exec(page)?.[1]).toBe(passTable);
});

test("the table of folders names the folders of core, each once", () => {
  const [, table = ""] = /\n\| folder \|.*\n\| --- .*\n((?:\|.*\n)+)/.exec(page) ?? [];
  const rows = table.trim().split("\n");
  const named = rows.flatMap((row) => [...row.split("|")[1]!.matchAll(/`([^`]+)\/`/g)].map(([, folder = ""]) => folder));
  const entries = readdirSync(join(root, "packages/core/src"), { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory() && entry.name !== "testing").map(({ name }) => name);
  expect(named.toSorted()).toEqual(folders.toSorted());
});
