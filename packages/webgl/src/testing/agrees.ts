// For tests: a Program on this backend and on the reference, which must give the same numbers. The numbers are whole and small, so that nothing rounds.
import type { Backend, Program, TypedArray } from "@sluice/core";
import { allocate } from "@sluice/core/kit";
import { open as openReference } from "@sluice/core/reference";
import { expect } from "vitest";
import type { WebGLBackend } from "../open.ts";

/** Runs it `times` times on both, from bindings that count up from −3. */
export async function agrees(backend: WebGLBackend, program: Program, times = 1): Promise<void> {
  const reference = await openReference();
  const want = await results(reference, program, times);
  (await results(backend, program, times)).forEach((got, at) => {
    const wrong = got.findIndex((value: number, i: number) => !Object.is(value + 0, want[at]![i]! + 0)); // −0 is 0
    expect({ element: wrong, is: got[wrong] }).toEqual({ element: -1, is: undefined });
  });
}

async function results<B>(backend: Backend<B>, program: Program, times: number): Promise<TypedArray[]> {
  const bound = program.slots.filter(({ binding }) => binding !== undefined);
  const executable = await backend.compile(program);
  const buffers = bound.map(({ dtype, length }) => backend.create(dtype, length));
  buffers.forEach((buffer, at) => {
    const { dtype, length } = bound[at]!;
    backend.write(
      buffer,
      allocate(dtype, length).map((_: number, i: number) => ((i + at) % 7) - 3),
    );
  });
  for (let i = 0; i < times; i++) executable.run(buffers);
  return Promise.all(buffers.map((buffer) => backend.read(buffer)));
}
