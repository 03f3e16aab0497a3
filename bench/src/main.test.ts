// The command as a process of its own, from the sources as they are.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readRun } from "./report/files.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = join(root, "out", `test-${process.pid}`); // inside the package, so that it finds what it imports
const command = join(folder, "main.js");

beforeAll(() => {
  const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");
  execFileSync(process.execPath, [tsc, "-p", "tsconfig.build.json", "--noCheck", "--outDir", folder], { cwd: root });
});
afterAll(() => rmSync(folder, { recursive: true }));

const tiny = ["lstm-train-b4-t5-8-16", "matmul-32-64-512", "--on", "reference", "--quick", "--heap", "0"];

test("Ctrl-C ends the run and its processes, and what was measured is shown and written", async () => {
  const [json, html] = [join(folder, "run.json"), join(folder, "run.html")];
  const { child, said } = start(...tiny, "--rounds", "6", "--json", json, "--html", html);
  await said("  reference: @sluice"); // the first table is there, the second workload under way
  const children = childrenOf(child.pid!);
  for (let i = 0; i < 2; i++) child.kill("SIGINT"); // a terminal and npm both deliver it
  const [code] = (await once(child, "exit")) as [number];
  expect(code).toBe(130);
  const run = await readRun(json);
  expect(run).toMatchObject({ interrupted: true, results: [{ name: tiny[0], rows: [{ contender: "reference", rounds: { length: 6 } }] }] });
  expect(readFileSync(html, "utf8")).toContain("The run was ended early");
  expect(children.length).toBeGreaterThan(0);
  for (const pid of children) expect(() => process.kill(pid, 0)).toThrow("ESRCH");
});

test("what makes no sense ends with code 2 and one line", async () => {
  const { child, output } = start("--compare", join(folder, "nowhere.json"));
  const [code] = (await once(child, "close")) as [number];
  expect([code, output.err]).toEqual([2, expect.stringMatching(/^SluiceError \[FILE_NOT_FOUND\][^\n]+\n$/)]);
});

function start(...args: readonly string[]) {
  const child = spawn(process.execPath, [command, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const output = { out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output.out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output.err += text));
  const said = async (text: string): Promise<void> => {
    while (!output.out.includes(text)) {
      if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode}: ${output.err}${output.out}`);
      await Promise.race([once(child.stdout, "data"), once(child, "exit")]);
    }
  };
  return { child, output, said };
}

/** From the process table: of Linux as files, elsewhere as `ps` tells it. */
function childrenOf(parent: number): number[] {
  const all = existsSync("/proc/self/stat") ? procTable() : psTable();
  return all.flatMap(([pid, ppid]) => (ppid === parent ? [pid] : []));
}

function procTable(): (readonly [pid: number, ppid: number])[] {
  return readdirSync("/proc").flatMap((name) => {
    const stat = /^\d+$/.test(name) && existsSync(`/proc/${name}/stat`) ? readFileSync(`/proc/${name}/stat`, "utf8") : "";
    const ppid = /\) \w (\d+)/.exec(stat)?.[1];
    return ppid === undefined ? [] : [[Number(name), Number(ppid)] as const];
  });
}

function psTable(): (readonly [pid: number, ppid: number])[] {
  const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n");
  return lines.map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
}
