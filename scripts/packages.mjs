// What the workspace is made of, read from pnpm-workspace.yaml and the manifests, for everything here that must know.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * @typedef {object} Manifest
 * @property {string} name
 * @property {string} version
 * @property {string} [description]
 * @property {string} type
 * @property {string} license
 * @property {{ node: string }} engines
 * @property {string} [packageManager]
 * @property {boolean} [private]
 * @property {boolean} [sideEffects]
 * @property {Record<string, { types: string, default: string }>} [exports]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [devDependencies]
 */

/**
 * The manifest of a folder, relative to the root of the workspace, which is "".
 * @param {string} folder
 * @returns {Manifest}
 */
export function manifest(folder) {
  return JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
}

/** The folders of all packages, relative to the root: "packages/core". */
export function folders() {
  const [, globs = ""] = /^packages:\n((?: +- .*\n)+)/.exec(readFileSync(join(root, "pnpm-workspace.yaml"), "utf8")) ?? [];
  return globs
    .trim()
    .split("\n")
    .map((line) => line.replace(/^ *- /, ""))
    .flatMap((glob) => (glob.endsWith("/*") ? inside(glob.slice(0, -2)) : [glob]))
    .filter((folder) => existsSync(join(root, folder, "package.json")));
}

/** @param {string} group */
function inside(group) {
  return readdirSync(join(root, group)).map((name) => `${group}/${name}`);
}
