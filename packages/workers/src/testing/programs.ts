// For tests: backends on some threads, and Programs to run on them.
import type { Backend, Program } from "@sluice/core";
import { dense } from "@sluice/core/kit";
import { expect } from "vitest";
import { type Options, open } from "../open.ts";

/** A SluiceError of that code. */
export const code = (code: string) => expect.objectContaining({ name: "SluiceError", code });
export const wave = (length: number, phase: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => Math.sin(i * 1.37 + phase) / 2);
/** A backend that splits whatever can be split. */
export const all = (threads: number, more: Options = {}) => open({ threads, threshold: 0, ...more });

/** The bindings of `program` after one run from waves. */
export async function after<B>(backend: Backend<B>, program: Program): Promise<unknown[]> {
  const bound = program.slots.filter(({ binding }) => binding !== undefined);
  const buffers = bound.map(({ dtype, length }, at) => {
    const buffer = backend.create(dtype, length);
    backend.write(buffer, wave(length, at));
    return buffer;
  });
  (await backend.compile(program)).run(buffers);
  return Promise.all(buffers.map((buffer) => backend.read(buffer)));
}

/** y = 2x, many times over, so that runs queue up. */
export const double = (length: number): Program => ({
  name: "double",
  slots: [
    { dtype: "f32", length, binding: 0 },
    { dtype: "f32", length, binding: 1 },
  ],
  steps: [
    {
      kind: "map",
      shape: [length],
      body: [
        { op: "load", input: 0 },
        { op: "add", x: 0, y: 0 },
      ],
      inputs: [dense(0, [length])],
      outputs: [{ view: dense(1, [length]), value: 1 }],
    },
  ],
});
