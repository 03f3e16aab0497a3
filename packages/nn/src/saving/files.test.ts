import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { open } from "@sluice/core/reference";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dense } from "../layers/dense.ts";
import { input } from "../layers/input.ts";
import { learn } from "../learner/learn.ts";
import { sequential } from "../models/sequential.ts";
import { sgd } from "../optimizers/sgd.ts";
import { loadCheckpoint, loadModel, saveCheckpoint, saveModel } from "./files.ts";
import { serialize } from "./serialize.ts";

const backend = await open();
const trainer = await sequential([input({ shape: [2] }), dense({ units: 1 })]).compile({ backend });
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-"));
});
afterAll(async () => {
  trainer.dispose();
  await rm(folder, { recursive: true });
  await backend.close();
});

test("a model is saved whole and loaded again; nothing else is left in the folder", async () => {
  const path = join(folder, "model.safetensors");
  await writeFile(path, "an older file");
  await saveModel(path, trainer);
  expect(new Uint8Array(await readFile(path))).toEqual(await serialize(trainer));
  const loaded = await (await loadModel(path)).compile({ backend });
  expect(await loaded.weights()).toEqual(await trainer.weights());
  expect(await readdir(folder)).toEqual(["model.safetensors"]);
});

test("a folder that is not there: FILE_UNWRITABLE, FILE_NOT_FOUND, each with the path", async () => {
  const path = join(folder, "missing", "model.safetensors");
  const named = (code: string) => expect.objectContaining({ code, message: expect.stringContaining(path) });
  await expect(saveModel(path, trainer)).rejects.toThrow(named("FILE_UNWRITABLE"));
  await expect(loadModel(path)).rejects.toThrow(named("FILE_NOT_FOUND"));
});

test("a write that fails leaves what was there, and nothing beside it", async () => {
  const inside = join(folder, "inside");
  const path = join(inside, "model.safetensors");
  await mkdir(path, { recursive: true }); // a folder of that name cannot be replaced by a file
  await expect(saveModel(path, trainer)).rejects.toThrow(expect.objectContaining({ code: "FILE_UNWRITABLE" }));
  expect(await readdir(inside)).toEqual(["model.safetensors"]);
});

test("a damaged file and a foreign one are told apart, by path", async () => {
  const path = join(folder, "other.safetensors");
  const named = (code: string) => expect.objectContaining({ code, who: `loadModel ${path}` });
  await writeFile(path, (await serialize(trainer)).subarray(0, 100));
  await expect(loadModel(path)).rejects.toThrow(named("FILE_CORRUPT"));
  await writeFile(path, "date,temperature\n2012-01-01,12.8\n");
  await expect(loadModel(path)).rejects.toThrow(named("FILE_FOREIGN"));
});

test("models and learners, and the files of either, are told apart", async () => {
  const [model, loop] = [join(folder, "a.safetensors"), join(folder, "b.safetensors")];
  using learner = await learn(backend, {
    weights: { a: { axes: { n: 2 }, init: "ones" } },
    inputs: { x: "float" },
    optimizer: sgd(),
    loss: ({ a }, { x }) => a.mul(x).sum(),
  });
  const refused = (what: string) => expect.objectContaining({ code: "INVALID_ARGUMENT", message: expect.stringContaining(what) });
  await expect(saveModel(model, learner as never)).rejects.toThrow(refused("saveCheckpoint"));
  await expect(saveCheckpoint(loop, trainer as never)).rejects.toThrow(refused("saveModel"));
  await saveModel(model, trainer);
  await saveCheckpoint(loop, learner);
  const foreign = (what: string) => expect.objectContaining({ code: "FILE_FOREIGN", message: expect.stringContaining(what) });
  await expect(loadModel(loop)).rejects.toThrow(foreign("a learner's checkpoint, which loadCheckpoint"));
  await expect(loadCheckpoint(model)).rejects.toThrow(foreign("a model, which loadModel"));
});

const inFolder = async (name: string): Promise<string> => {
  const made = join(folder, name);
  await mkdir(made);
  return made;
};

test("the mode of a file that is there stays, and nobody else can read what is being written", async () => {
  const path = join(await inFolder("mode"), "model.safetensors");
  for (const mode of [0o600, 0o640]) {
    await writeFile(path, "an older file");
    await chmod(path, mode);
    await saveModel(path, trainer);
    expect((await stat(path)).mode & 0o777).toBe(mode);
  }
});

test("a link is written through, also to a file that is not there yet; a circle of links is refused", async () => {
  const inside = await inFolder("links");
  const target = join(inside, "target.safetensors");
  const [there, chain, circle] = ["there", "chain", "circle"].map((name) => join(inside, name)) as [string, string, string];
  await symlink("target.safetensors", there);
  await symlink(there, chain);
  await symlink(circle, circle);
  for (let round = 0; round < 2; round++) {
    await saveModel(chain, trainer);
    expect(await readlink(chain)).toBe(there);
    expect(new Uint8Array(await readFile(target))).toEqual(await serialize(trainer));
  }
  await expect(saveModel(circle, trainer)).rejects.toThrow(expect.objectContaining({ code: "FILE_UNWRITABLE" }));
  expect((await readdir(inside)).toSorted()).toEqual(["chain", "circle", "target.safetensors", "there"]);
});

test.skipIf(process.platform === "win32")("a pipe and a device are neither replaced nor read", async () => {
  const pipe = join(await inFolder("pipes"), "pipe");
  execFileSync("mkfifo", [pipe]);
  for (const path of [pipe, "/dev/null"]) {
    await expect(saveModel(path, trainer)).rejects.toThrow(expect.objectContaining({ code: "FILE_UNWRITABLE" }));
    await expect(loadModel(path)).rejects.toThrow(expect.objectContaining({ code: "FILE_NOT_FOUND" }));
  }
  expect((await stat(pipe)).isFIFO()).toBe(true);
});

test("what an earlier process left of the same file is removed, and nothing else", async () => {
  const inside = await inFolder("leftovers");
  const path = join(inside, "model.safetensors");
  await saveModel(path, trainer);
  const prefix = prefixOf(path);
  const names = {
    old: `${prefix}${"0".repeat(24)}.part`,
    fresh: `${prefix}${"1".repeat(24)}.part`,
    ofAnother: `sluice-${"0".repeat(16)}-${"2".repeat(24)}.part`,
    ofTheUser: `${prefix}mine.part`,
  };
  const longAgo = new Date(Date.now() - 3_600_000);
  for (const [which, name] of Object.entries(names)) {
    await writeFile(join(inside, name), "a part");
    if (which !== "fresh") await utimes(join(inside, name), longAgo, longAgo);
  }
  await saveModel(path, trainer);
  expect((await readdir(inside)).toSorted()).toEqual([names.fresh, names.ofAnother, names.ofTheUser, "model.safetensors"].toSorted());
});

test("any name that the system takes will do, and what it does not take is told with its reason", async () => {
  const longest = join(folder, "m".repeat(255));
  await saveModel(longest, trainer);
  expect((await loadModel(longest)).name).toBe("sequential");
  const reasons = {
    ENAMETOOLONG: join(folder, "m".repeat(256)),
    ENOTDIR: join(longest, "model"),
    ENOENT: join(folder, "nowhere", "model"),
  };
  for (const [system, path] of Object.entries(reasons)) {
    await expect(saveModel(path, trainer)).rejects.toThrow(expect.objectContaining({ code: "FILE_UNWRITABLE", facts: { system } }));
    await expect(loadModel(path)).rejects.toThrow(expect.objectContaining({ code: "FILE_NOT_FOUND", facts: { system } }));
  }
  for (const path of ["", "a\0b", undefined, 7, new URL("file:///tmp/m")]) {
    const refused = expect.objectContaining({ code: "INVALID_ARGUMENT" });
    await expect(saveModel(path as string, trainer)).rejects.toThrow(refused); // as JavaScript may
    await expect(loadModel(path as string)).rejects.toThrow(refused);
  }
});

test("what cannot be saved leaves no trace", async () => {
  const inside = await inFolder("traces");
  const odd = { ...dense({ units: 1 }), config: { units: 1, scale: Infinity } };
  const unsavable = await sequential([input({ shape: [2] }), odd]).compile({ backend });
  await expect(saveModel(join(inside, "model"), unsavable)).rejects.toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
  unsavable.dispose();
  expect(await readdir(inside)).toEqual([]);
});

/** As parts of this file are named. */
function prefixOf(path: string): string {
  return `sluice-${createHash("sha256").update(basename(path)).digest("hex").slice(0, 16)}-`;
}
