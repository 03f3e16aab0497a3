import { random } from "@sluice/core";
import { expect, test } from "vitest";
import { fixtureBytes } from "../testing/fixtures.ts";
import { mutated } from "./testing/mutated.ts";
import { openSafetensors } from "./file.ts";
import { openSharded } from "./sharded.ts";

const known = /^(FILE_CORRUPT|FILE_FOREIGN|UNSUPPORTED|DTYPE_MISMATCH)$/;

test("500 files with flipped, cut, swapped and grown bytes each are read, or refused by a typed error", { timeout: 30_000 }, async () => {
  const files = ["types.safetensors", "unreadable.safetensors"].map((name) => fixtureBytes(`safetensors/${name}`));
  const draw = random("safetensors fuzz");
  let refused = 0;
  for (let i = 0; i < 500; i++) {
    const bytes = mutated(files[i % files.length]!, draw); // one of them
    try {
      const file = await openSafetensors(bytes);
      const sizes = Object.values(file.tensors).reduce((sum, { bytes: each }) => sum + each, 0);
      expect(sizes).toBeLessThanOrEqual(bytes.length);
      for (const name of file.names) await file.read(name);
    } catch (error) {
      refused++;
      expect(error).toEqual(expect.objectContaining({ name: "SluiceError", code: expect.stringMatching(known) }));
    }
  }
  expect(refused).toBeGreaterThan(250);
  expect(Object.keys(Object.prototype)).toEqual([]);
});

test("200 such indexes are read, or refused by a typed error", async () => {
  const draw = random("index fuzz");
  const index = fixtureBytes("safetensors/model.safetensors.index.json");
  for (let i = 0; i < 200; i++)
    await openSharded(mutated(index, draw), (name) => {
      expect(name).not.toMatch(/[/\\]/);
      return fixtureBytes(`safetensors/model-0000${name.includes("1-") ? 1 : 2}-of-00002.safetensors`);
    }).catch((error: unknown) =>
      expect(error).toEqual(expect.objectContaining({ name: "SluiceError", code: expect.stringMatching(known) })),
    );
});
