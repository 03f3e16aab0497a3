import type { Instruction, Program, Slot, Step, View } from "@sluice/core";
import { dense, lstmForward } from "@sluice/core/kit";
import { open as openReference } from "@sluice/core/reference";
import fc from "fast-check";
import { expect, test } from "vitest";
import { open } from "../open.ts";

const copy: readonly Instruction[] = [{ op: "load", input: 0 }];
const wave = (length: number, phase: number): Float32Array => Float32Array.from({ length }, (_, i) => Math.sin(i * 1.37 + phase) / 2);

/** The bindings of `program` after one run from waves, on any backend. */
async function after(
  backend: Awaited<ReturnType<typeof open>> | Awaited<ReturnType<typeof openReference>>,
  program: Program,
): Promise<number[][]> {
  const bound = program.slots.filter(({ binding }) => binding !== undefined);
  const buffers = bound.map(({ dtype, length }, at) => {
    const buffer = backend.create(dtype, length);
    backend.write(buffer as never, wave(length, at));
    return buffer;
  });
  (await backend.compile(program)).run(buffers as never);
  return Promise.all(buffers.map(async (buffer) => Array.from(await backend.read(buffer as never))));
}

test("an LSTM in f32 gives the numbers of the reference, bit by bit", async () => {
  const program = lstmForward({ steps: 6, batch: 5, input: 7, units: 9 });
  expect(await after(await open({ simd: false }), program)).toEqual(await after(await openReference(), program));
});

test("products of every shape, order and batch are within rounding of the reference", async () => {
  const side = fc.constantFrom(1, 2, 4, 5, 8, 70);
  const sizes = fc.record({
    m: side,
    n: side,
    k: fc.constantFrom(0, 1, 3, 130, 1100),
    batch: fc.constantFrom(1, 3),
    shared: fc.boolean(),
    turned: fc.boolean(),
    accumulate: fc.boolean(),
  });
  const [cpu, reference] = [await open({ simd: false }), await openReference()];
  await fc.assert(
    fc.asyncProperty(sizes, async ({ m, n, k, batch, shared, turned, accumulate }) => {
      const b = turned ? dense(1, [batch, n, k]) : dense(1, [batch, k, n]);
      const [outer, row, column] = b.strides as [number, number, number];
      const right: View = { ...b, shape: [batch, k, n], strides: [shared ? 0 : outer, ...(turned ? [column, row] : [row, column])] };
      const lengths = [batch * m * k, batch * k * n, batch * m * n];
      const program: Program = {
        name: "product",
        slots: lengths.map((length, binding) => ({ dtype: "f32", length, binding })),
        steps: [{ kind: "matmul", a: dense(0, [batch, m, k]), b: right, out: dense(2, [batch, m, n]), accumulate }],
      };
      const [got, want] = [(await after(cpu, program))[2]!, (await after(reference, program))[2]!];
      got.forEach((value, i) => expect(Math.abs(value - want[i]!)).toBeLessThanOrEqual(2 ** -23 * Math.abs(want[i]!) + 1e-12 * k));
    }),
    { numRuns: 60, interruptAfterTimeLimit: 5_000 },
  );
});

test("the error of a long sum does not grow with its length", async () => {
  const backend = await open({ simd: false });
  const n = 1_000_003;
  const [x, sum] = [backend.create("f64", n), backend.create("f64", 1)];
  backend.write(x, new Float64Array(n).fill(0.1));
  const slots: Slot[] = [
    { dtype: "f64", length: n, binding: 0 },
    { dtype: "f64", length: 1, binding: 1 },
  ];
  const step: Step = {
    kind: "reduce",
    shape: [n],
    folded: 1,
    combine: "sum",
    body: copy,
    inputs: [dense(0, [n])],
    output: dense(1, []),
    accumulate: false,
  };
  (await backend.compile({ name: "sum", slots, steps: [step] })).run([x, sum]);
  const exact = 100_000.3 + n * 5.551115123125783e-18; // what the nearest float64 to 0.1 is off by
  expect(Math.abs((await backend.read(sum))[0]! - exact)).toBeLessThanOrEqual(4 * 2 ** -52 * exact); // added one by one: 1.4e-6
});
