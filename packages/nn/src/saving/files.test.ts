import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { open } from "@sluice/core/reference";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dense } from "../layers/dense.ts";
import { input } from "../layers/input.ts";
import { sequential } from "../model/sequential.ts";
import { loadModel, saveModel } from "./files.ts";
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
