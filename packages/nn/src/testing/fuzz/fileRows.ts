// What there is to fuzz of saving and loading: bytes that are whole, cut or changed, and files in a folder of their own.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect } from "vitest";
import * as core from "@sluice/core";
import { any, maybe, type Fn, type Param, type Row } from "@sluice/conformance/fuzz";
import * as nn from "@sluice/nn";
import * as files from "@sluice/nn/node";
import { otherTables } from "../tables.ts";
import { backend, fittedWith, isLayerOrModel, isRecord, model } from "./running.ts";
import { learner, trainer } from "./trained.ts";
import { tabled } from "./tabled.ts";

/** Where the rows read and write files; whoever runs them removes it. */
export const folder = mkdtempSync(join(tmpdir(), "sluice-fuzz-"));

const bytes = await nn.serialize(trainer, { optimizer: true });
const path = join(folder, "model.safetensors");
await files.saveModel(path, trainer);

const checkpoint = await learner.checkpoint();
const checkpointBytes = nn.serializeCheckpoint(checkpoint);
const checkpointPath = join(folder, "learner.safetensors");
await files.saveCheckpoint(checkpointPath, checkpoint);
const checkpoints = any(fc.constantFrom<unknown>(checkpoint, { ...checkpoint, batches: -1 }, { ...checkpoint, weights: {} }), isRecord);
const saving = maybe(tabled(otherTables["serialize, saveModel"]));
const loading = maybe(tabled(otherTables["deserialize, loadModel"]));
const sources = any(fc.constantFrom<unknown>(model, trainer), isLayerOrModel);

export const fileRows: Readonly<Record<string, Row>> = {
  serialize: {
    params: [sources, saving],
    use: async (fn, args) => nn.deserialize((await fn(...(args as never[]))) as never, { allowNonFinite: true }),
  },
  deserialize: {
    params: [damaged(bytes), loading],
    use: useBytes,
  },
  deserializeWith: {
    params: [damaged(bytes), tabled(otherTables["deserialize, loadModel"])],
    use: useBytes,
  },
  serializeCheckpoint: { params: [checkpoints], use: async (fn, [given]) => nn.deserializeCheckpoint((await fn(given as never)) as never) },
  deserializeCheckpoint: {
    params: [damaged(checkpointBytes, bytes)],
    use: async (fn, [given]) => {
      const { weights, slots } = (await fn(given as never)) as nn.LearnerCheckpoint;
      await learner.setWeights({ kernel: weights["kernel"]! });
      expect(slots).toBeDefined();
    },
  },
  saveCheckpoint: { params: [any(fc.constantFrom(checkpointPath, "", folder, "a\0b"), isText), checkpoints], use: useFile },
  loadCheckpoint: { params: [any(fc.constantFrom(checkpointPath, path, "", join(folder, "none"), folder, "a\0b"), isText)], use: useFile },
  checkpoints: {
    params: [tabled(otherTables.checkpoints, { folder: fc.constantFrom(join(folder, "run"), path, "", "a\0b") })],
    use: async (fn, [config]) => {
      const at = (config as { readonly folder?: unknown } | undefined)?.folder;
      if (isText(at) && at !== "" && !at.startsWith(folder) && !at.includes("\0"))
        throw new core.SluiceError({ code: "FILE_NOT_FOUND", who: "fuzz", what: "outside" });
      await fittedWith(fn(config as never) as nn.Callback);
    },
  },
  saveModel: {
    params: [any(fc.constantFrom(path, "", join(folder, "none", "model"), folder, "a\0b"), isText), sources, saving],
    use: useFile,
  },
  loadModel: { params: [any(fc.constantFrom(path, "", join(folder, "none"), folder, "a\0b"), isText), loading], use: useFile },
};

/** Bytes as they were written, in other views, cut short, or with one that is another; or these others. */
function damaged(whole: Uint8Array, ...others: readonly unknown[]): Param {
  const changed = fc
    .tuple(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 255 }))
    .map(([at, byte]) => whole.map((old, i) => (i === at ? byte : old)));
  return any(
    fc.oneof(fc.constantFrom<unknown>(whole, whole.buffer, whole.subarray(0, 9), new Uint8Array(3), ...others), changed),
    isRecord,
  );
}

async function useBytes(fn: Fn, args: readonly unknown[]): Promise<void> {
  const read = (await fn(...(args as never[]))) as nn.Model;
  (await read.compile({ backend })).dispose();
}

/** Never a file but those in the folder. */
async function useFile(fn: Fn, args: readonly unknown[]): Promise<void> {
  const [at] = args;
  if (isText(at) && at !== "" && !at.startsWith(folder) && !at.includes("\0"))
    throw new core.SluiceError({ code: "FILE_NOT_FOUND", who: "fuzz", what: "outside" });
  await fn(...(args as never[]));
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
