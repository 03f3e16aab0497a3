// What a file gives as it is read again, beside what it was written of. With SLUICE_ONNX=FOLDER the files and their numbers are also put there, for scripts/checkOnnx.py.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Backend, compile, type HostArray, type Tensor, toHost } from "@sluice/core";
import { expect } from "vitest";
import { fromOnnx } from "../../import/fromOnnx.ts";
import type { Arrays, Exported } from "./running.ts";

type Tensors = Readonly<Record<string, Tensor>>;

const folder = process.env["SLUICE_ONNX"];
/** Whether all that is written is kept: then at all sizes. */
export const kept = folder !== undefined;

/** Every output of the last run, whose sizes are others than the sample had, within 2e-6, relative above 1. */
export async function agrees(name: string, { bytes, runs }: Exported, backend: Backend): Promise<void> {
  keep(name, { bytes, runs });
  for (const { inputs, outputs } of runs.slice(-1)) {
    const shapes = Object.fromEntries(Object.entries(inputs).map(([input, { shape }]) => [input, shape]));
    const net = fromOnnx(bytes, { inputs: shapes });
    const run = compile(backend, (w: Tensors, x: Tensors) => net.apply(w, x), { name });
    const got = await toHost(await run(net.weights, inputs));
    run.dispose();
    expect(Object.keys(got)).toEqual(Object.keys(outputs));
    for (const [output, wanted] of Object.entries(outputs)) {
      expect(got[output]?.shape).toEqual(wanted.shape);
      expect(difference(got[output]!, wanted), `${name}: ${output}`).toBeLessThanOrEqual(2e-6); // there, as was just seen
    }
  }
}

export function difference(got: HostArray, wanted: HostArray): number {
  return wanted.data.reduce((most: number, w: number, i: number) => {
    const g = got.data[i]!; // of the same shape
    return Object.is(g, w) || g === w ? most : Math.max(most, Number.isNaN(g - w) ? Infinity : Math.abs(g - w) / Math.max(1, Math.abs(w)));
  }, 0);
}

/** Where a folder was named. */
export function keep(name: string, { bytes, runs }: Exported): void {
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.onnx`), bytes);
  const numbers = (arrays: Arrays): unknown =>
    Object.fromEntries(
      Object.entries(arrays).map(([key, { dtype, shape, data }]) => [
        key,
        { dtype, shape, data: Array.from(data, (n: number) => (Number.isFinite(n) ? n : String(n))) },
      ]),
    );
  writeFileSync(
    join(folder, `${name}.json`),
    JSON.stringify(runs.map(({ inputs, outputs }) => ({ inputs: numbers(inputs), outputs: numbers(outputs) }))),
  );
}
