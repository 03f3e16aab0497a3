import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openSafetensors } from "../safetensors/file.ts";
import { safetensorsPieces } from "../safetensors/write.ts";
import { openFile, saveFile } from "./files.ts";

const folder = await mkdtemp(join(tmpdir(), "sluice-formats-"));
afterAll(() => rm(folder, { recursive: true }));
const w = { dtype: "f32", shape: [2], data: Float32Array.of(1, 2) } as const;

test("pieces become a file, and a file is read by ranges until it is closed", async () => {
  const path = join(folder, "model.safetensors");
  await saveFile(path, safetensorsPieces({ w }));
  expect(await readdir(folder)).toEqual(["model.safetensors"]);
  const file = await openFile(path);
  const open = await openSafetensors(file);
  expect(await open.read("w")).toEqual(w);
  await file.close();
  await file.close();
  await expect(open.read("w")).rejects.toThrow(expect.objectContaining({ code: "FILE_NOT_FOUND" }));
});

test("what is not there, no regular file, or cannot be written is told", async () => {
  for (const path of [join(folder, "none"), folder])
    await expect(openFile(path)).rejects.toThrow(expect.objectContaining({ code: "FILE_NOT_FOUND" }));
  await expect(saveFile(join(folder, "none", "x"), new Uint8Array(1))).rejects.toThrow(
    expect.objectContaining({ code: "FILE_UNWRITABLE", facts: { system: "ENOENT" } }),
  );
  for (const path of ["", "a\0b", 7 as never])
    await expect(openFile(path)).rejects.toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
  for (const bytes of ["abc", [1, 2], Promise.resolve(new Uint8Array(1)), undefined])
    await expect(saveFile(join(folder, "y"), bytes as never)).rejects.toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
});
