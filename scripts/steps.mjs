// Shows each step of a set-up as one line with its time; what the step itself says is shown only when it fails.
import { spawn } from "node:child_process";
import { once } from "node:events";

/**
 * Runs `command`, which must be quiet on success. Resolves to whether it succeeded; a failure is printed in full.
 * @param {string} title what happens, as "Building"
 * @param {string} command a program on the PATH, or its path
 * @param {readonly string[]} args
 */
export async function step(title, command, args) {
  const begin = performance.now();
  process.stdout.write(`${title} … `);
  const { code, output } = await run(command, args);
  process.stdout.write(code === 0 ? `${((performance.now() - begin) / 1000).toFixed(1)} s\n` : `failed\n\n${output.trimEnd()}\n\n`);
  return code === 0;
}

/**
 * As `step`, for what nothing else can do without: a failure ends the process with exit code 1.
 * @param {string} title
 * @param {string} command
 * @param {readonly string[]} args
 */
export async function must(title, command, args) {
  if (!(await step(title, command, args))) process.exit(1);
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {Promise<{ code: number, output: string }>}
 */
async function run(command, args) {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));
  try {
    const [code] = await once(child, "close");
    return { code: code ?? 1, output };
  } catch (error) {
    return { code: 1, output: `${command}: ${error instanceof Error ? error.message : String(error)}` };
  }
}
