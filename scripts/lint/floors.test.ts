// The floors in .oxlintrc.json: that the rule says what it should, that what they name is there, and that each exception is still needed.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../packages.mjs";
import plugin, { type Floors, nameOf } from "./floors.mjs";
import { findings } from "./oxlint.mjs";

interface Override {
  readonly files: readonly string[];
  readonly rules: { readonly "house/floors"?: readonly [string, Floors]; readonly "max-lines-per-function"?: "off" };
}
const config = JSON.parse(readFileSync(join(root, ".oxlintrc.json"), "utf8").replace(/^ *\/\/.*$/gm, ""));
const overrides: readonly Override[] = config.overrides;
const houses = overrides.flatMap(({ rules }) => rules["house/floors"]?.[1] ?? []);

const layout: Floors = { under: "src", rooms: ["low", "middle", { room: "top", only: ["low"] }], known: { "low/old.ts": ["top"] } };

test("a room may import itself, what stands before it, and no more than what it says", () => {
  expect(said("middle/a.ts", ["./b.ts", "../low/a.ts", "../../node/x.ts", "package"])).toEqual([]);
  expect(said("top/deep/a.ts", ["../../low/a.ts"])).toEqual([]);
  expect(said("low/deep/a.ts", ["../../middle/a.ts"])).toEqual(["low must not know middle: it may import what stands before it"]);
  expect(said("top/a.ts", ["../middle/a.ts"])).toEqual(["top must not know middle: it may import low alone"]);
  expect(said("index.ts", ["./low/a.ts"])).toEqual([
    "index.ts must not know low: it may import what stands before it",
    '"index.ts" stands on no floor: name it in .oxlintrc.json',
  ]);
});

test("what is known is left alone, and said once it is mended", () => {
  expect(said("low/old.ts", ["../top/a.ts"])).toEqual([]);
  expect(said("low/old.ts", [])).toEqual(['"low/old.ts" no longer imports top: take that out of "known" in .oxlintrc.json']);
});

test.each(houses)("every folder of $under has its floor, and every file known to break one is there", ({ under, rooms, known = {} }) => {
  const named = rooms.map(nameOf);
  const folders = readdirSync(join(root, under), { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && entry.name !== "testing",
  );
  expect(named).toEqual(expect.arrayContaining(folders.map(({ name }) => name)));
  expect([...named, ...Object.keys(known)].filter((path) => !existsSync(join(root, under, path)))).toEqual([]);
});

test("every file that may have long functions has one", async () => {
  const named = overrides.flatMap(({ files, rules }) => (rules["max-lines-per-function"] === "off" ? files : []));
  const rules = { "max-lines-per-function": config.rules["max-lines-per-function"] };
  const long = new Set(await findings({ categories: { correctness: "off" }, rules }));
  expect(named.filter((file) => !file.includes("*") && !long.has(file))).toEqual([]);
});

/** What the rule says of a file with such imports. */
function said(file: string, imports: readonly string[]): string[] {
  const messages: string[] = [];
  const visitor = plugin.rules.floors.create({
    filename: join(root, "src", file),
    options: [layout],
    report: ({ message }) => void messages.push(message.replace(" (floors in .oxlintrc.json)", "")),
  });
  for (const value of imports) visitor.ImportDeclaration({ source: { value } });
  visitor["Program:exit"]({});
  return messages;
}
