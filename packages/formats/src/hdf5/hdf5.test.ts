// Against Keras's own files, and against the HDF5 library itself (h5wasm), which reads what is written here.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SluiceError } from "@sluice/core";
import * as h5wasm from "h5wasm/node";
import { afterAll, describe, expect, it } from "vitest";
import { fixtureBytes } from "../testing/fixtures.ts";
import { mutated } from "../testing/mutants.ts";
import { hostArray } from "./numbers.ts";
import { readHdf5 } from "./read.ts";
import type { Hdf5Group } from "./tree.ts";
import { type GroupToWrite, writeHdf5 } from "./write.ts";

const names = ["conv-lstm", "functional-attention-two-heads", "masked-bidirectional", "sequential-recurrent"];

describe("HDF5", () => {
  it.each(names)("the HDF5 library reads %s as we do", async (name) => {
    const bytes = fixtureBytes(`keras/${name}.weights.h5`);
    expect(flat(readHdf5(bytes, "test"))).toEqual(await byLibrary(bytes));
  });

  it("what is written is read again, by us and by the HDF5 library", async () => {
    const many = new Map(
      Array.from({ length: 500 }, (_, i) => [
        `dense_${i}`,
        { children: new Map([["0", { shape: [2, 3], data: Float32Array.from({ length: 6 }, (_, k) => i + k) }]]) },
      ]),
    );
    const bytes = writeHdf5({
      children: new Map<string, GroupToWrite>([
        ["layers", { children: many }],
        ["vars", { attributes: { name: "größer" }, children: new Map([["0", { shape: [], data: Float64Array.of(Math.PI) }], ["1", { shape: [2], data: Uint32Array.of(1, 16777215) }], ["2", { shape: [0, 3], data: new Float32Array() }]]) }],
      ]),
    }); // prettier-ignore
    const ours = flat(readHdf5(bytes, "test"));
    expect(Object.keys(ours)).toHaveLength(504);
    expect(ours["/vars@name"]).toBe("größer");
    expect(ours["/layers/dense_499/0"]).toEqual({ shape: [2, 3], data: [499, 500, 501, 502, 503, 504] });
    expect(ours).toEqual(await byLibrary(bytes));
  });

  it("a damaged file is refused by code, or read", () => {
    const file = fixtureBytes("keras/masked-bidirectional.weights.h5");
    for (let seed = 0; seed < 500; seed++) {
      try {
        readHdf5(mutated(file, seed), "test");
      } catch (error) {
        expect(error, `seed ${seed}`).toBeInstanceOf(SluiceError);
        expect((error as SluiceError).code).toMatch(/^(FILE_CORRUPT|FILE_FOREIGN|UNSUPPORTED)$/); // as was just seen
      }
    }
  });

  it("what is no HDF5 file is FILE_FOREIGN", () => {
    expect(() => readHdf5(new Uint8Array(100), "test")).toThrow(/no HDF5/);
  });
});

const folder = mkdtempSync(join(tmpdir(), "sluice-hdf5-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Flat = Record<string, string | { shape: readonly number[]; data: readonly number[] }>;

function flat(group: Hdf5Group, path = "", found: Flat = {}): Flat {
  for (const [name, text] of group.attributes) found[`${path}@${name}`] = text;
  for (const [name, child] of group.children) {
    if (child.kind === "group") flat(child, `${path}/${name}`, found);
    else found[`${path}/${name}`] = { shape: child.shape, data: Array.from(hostArray(child)?.data ?? []) };
  }
  return found;
}

async function byLibrary(bytes: Uint8Array): Promise<Flat> {
  const { FS } = await h5wasm.ready;
  const path = join(folder, "file.h5"); // of the file system itself, as the library has it in Node
  FS.writeFile(path, bytes);
  const file = new h5wasm.File(path, "r"),
    found: Flat = {};
  const walk = (group: h5wasm.Group, at: string): void => {
    for (const [name, attribute] of Object.entries(group.attrs)) found[`${at}@${name}`] = attribute.value as string; // as files of weights have them
    for (const name of group.keys()) {
      const child = group.get(name);
      if (child instanceof h5wasm.Group) walk(child, `${at}/${name}`);
      else if (child instanceof h5wasm.Dataset) {
        const value = child.value ?? [];
        found[`${at}/${name}`] = {
          shape: child.shape ?? [],
          data: typeof value === "number" ? [value] : Array.from(value as Float32Array),
        };
      }
    }
  };
  walk(file, "");
  file.close();
  return found;
}
