// Sets up, builds what an example needs, and becomes it.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { root } from "./packages.mjs";
import { setUp } from "./setup.mjs";
import { must } from "./steps.mjs";

/**
 * @param {string} name
 * @param {string[]} args
 */
export async function runExample(name, args) {
  const from = process.cwd();
  await setUp();
  await must("Building", "turbo", ["run", "build", `--filter=@sluice/example-${name}`, "--output-logs=errors-only"]);
  process.chdir(from);
  await handOver(process.execPath, [join(root, "examples", name, "dist/main.js"), ...args]);
}

/**
 * Becomes `command`: its output, its exit. It gets a process group of its own, so that a Ctrl-C, which a terminal and npm
 * both deliver, reaches it once and through here.
 * @param {string} command
 * @param {string[]} args
 */
function handOver(command, args) {
  const child = spawn(command, args, { stdio: "inherit", detached: process.platform !== "win32" });
  let last = -Infinity;
  /** @param {NodeJS.Signals} signal */
  const forward = (signal) => {
    const now = performance.now();
    if (now - last > 300) child.kill(signal);
    last = now;
  };
  /** @type {NodeJS.Signals[]} */
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.on(signal, forward);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      for (const name of signals) process.off(name, forward);
      if (signal !== null) process.kill(process.pid, signal);
      process.exitCode = code ?? 1;
      resolve(undefined);
    });
  });
}
