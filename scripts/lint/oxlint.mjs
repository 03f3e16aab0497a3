// The linter with a configuration of one's own, for tests that count what it finds.
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../packages.mjs";

/**
 * The file of each finding, relative to the root: as often as there are findings in it.
 * @param {object} config
 * @returns {Promise<string[]>}
 */
export async function findings(config) {
  const folder = mkdtempSync(join(tmpdir(), "sluice-lint-"));
  const file = join(folder, "oxlintrc.json");
  writeFileSync(file, JSON.stringify(config));
  const args = [join(root, "node_modules/oxlint/bin/oxlint"), "--config", file, "--disable-nested-config", "--format", "json", "."];
  try {
    const { diagnostics } = JSON.parse(await output(args));
    return diagnostics.map((/** @type {{ filename: string }} */ { filename }) => filename);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * What a script of Node writes, also where it exits with 1, as a linter does that found something.
 * @param {string[]} args
 * @returns {Promise<string>}
 */
function output(args) {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd: root, maxBuffer: 2 ** 28 }, (error, stdout) => {
      if (error !== null && error.code !== 1) reject(error);
      else resolve(stdout);
    });
  });
}
