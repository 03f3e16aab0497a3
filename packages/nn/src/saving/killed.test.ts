// SIGKILL at any moment, in the middle of a checkpoint too: the same command again goes on from the last whole one, and ends with the bits of a run that lived. On what was built.
import { spawn } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { random } from "@sluice/core";
import { expect, test } from "vitest";

const script = fileURLToPath(new URL("../testing/killed.mjs", import.meta.url));
const thorough = process.env["SLUICE_THOROUGH"] === "1";
const kills = thorough ? 100 : 8;

interface Life {
  readonly batches: readonly number[];
  /** Absent where it was killed before. */
  readonly end?: string;
}

/** Killed so many ms after it was told to begin, or let live. */
async function live(folder: string | undefined, killAfterMs: number | undefined): Promise<Life> {
  const child = spawn(process.execPath, [script, ...(folder === undefined ? [] : [folder])], { stdio: ["ignore", "pipe", "inherit"] });
  const batches: number[] = [];
  let end: string | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === "begun" && killAfterMs !== undefined) setTimeout(() => child.kill("SIGKILL"), killAfterMs);
    else if (line.startsWith("batch ")) batches.push(Number(line.slice(6)));
    else if (line.startsWith("end ")) end = line.slice(4);
  }
  return { batches, ...(end !== undefined && { end }) };
}

test(`killed ${kills} times, at most the batches since the last checkpoint are lost, and the end is that of a run that lived`, async () => {
  const folder = await mkdtemp(join(tmpdir(), "sluice-killed-"));
  const after = random(Number(process.env["SLUICE_SEED"] ?? 1)).child("kills");
  const expected = await live(undefined, undefined);
  expect(expected.batches).toHaveLength(180);
  let [done, killed, run] = [0, 0, 0];
  try {
    while (killed < kills) {
      const { batches, end } = await live(join(folder, String(run)), Math.floor(after.uniform(1)[0]! * 400));
      const [first] = batches;
      if (first !== undefined) expect(first).toBeGreaterThanOrEqual(done - (done % 2) - 1); // one every two batches; that of the last told may be unwritten
      done = batches.at(-1) ?? done;
      if (end === undefined) killed++;
      else {
        expect(end).toBe(expected.end);
        [run, done] = [run + 1, 0];
      }
    }
    expect((await live(join(folder, String(run)), undefined)).end).toBe(expected.end);
    const left = await readdir(join(folder, String(run)));
    expect(left.filter((name) => name.startsWith("checkpoint")).length).toBe(2);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 600_000);
