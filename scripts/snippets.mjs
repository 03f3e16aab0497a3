// The TypeScript blocks of every README and recipe, which run as written and are checked with the types that users see.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { folders, root } from "./packages.mjs";

/**
 * @typedef {object} Block
 * @property {string} page relative to the root
 * @property {number} line the first of the code in its page, from 1
 * @property {string} file where it is written to, relative to a folder for all: what it calls itself (`// train.ts`) for the blocks after it, or a name of its own
 * @property {string} code
 */

/** Blocks that stand for a package which only the reader has, or are part of a file of theirs. */
const theirs = /your-backend|await open\(\), \{|test\.each/;

/** Every page that has such blocks. */
export function pages() {
  const inside = ["docs/recipes", "docs/formats"].flatMap((folder) => readdirSync(join(root, folder)).map((file) => join(folder, file)));
  const all = [
    "README.md",
    "docs/masks.md",
    "docs/ctc.md",
    "docs/gradients.md",
    "docs/training.md",
    ...inside,
    ...folders().map((folder) => join(folder, "README.md")),
  ];
  return all.filter((page) => blocksOf(page).length > 0);
}

/**
 * @param {string} page
 * @returns {Block[]}
 */
export function blocksOf(page) {
  const text = readText(join(root, page));
  return [...text.matchAll(/^```ts\n(.*?)^```/gms)]
    .map(({ index, 1: code = "" }, i) => {
      const own = /^\/\/ ([\w-]+\.ts)\n/.exec(code)?.[1] ?? `block${i + 1}.ts`;
      return { page, line: text.slice(0, index).split("\n").length + 1, file: join(page, own), code };
    })
    .filter(({ code }) => !theirs.test(code));
}

/**
 * Writes the blocks of a page under `folder`, each line where it stands in the page, so that errors name it.
 * @param {string} folder
 * @param {string} page
 */
export function writeBlocks(folder, page) {
  for (const { file, line, code } of blocksOf(page)) {
    mkdirSync(join(folder, dirname(file)), { recursive: true });
    writeFileSync(join(folder, file), "\n".repeat(line - 1) + code);
  }
}

/** @param {string} path */
function readText(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // a package without a README
  }
}
