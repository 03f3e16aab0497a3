import { type Program, type Tensor, gradient, gru, lowerGraph, lstm, recurrence, trace } from "@sluice/core";
import { check, lstmForward } from "@sluice/core/kit";
import { open } from "@sluice/core/reference";
import fc from "fast-check";
import { expect, test } from "vitest";
import { blockTime } from "./blockTime.ts";

const wave = (length: number, phase: number): Float32Array => Float32Array.from({ length }, (_, i) => Math.sin(i * 1.37 + phase) / 2);

async function after(program: Program): Promise<unknown[]> {
  check(program);
  const backend = await open();
  const bound = program.slots.filter(({ binding }) => binding !== undefined);
  const buffers = bound.map(({ length }, at) => {
    const buffer = backend.create("f32", length);
    backend.write(buffer, wave(length, at));
    return buffer;
  });
  (await backend.compile(program)).run(buffers);
  return Promise.all(buffers.map((buffer) => backend.read(buffer)));
}

async function traced(kind: "lstm" | "gru", sizes: { steps: number; batch: number; input: number; units: number }, isTrained: boolean) {
  const { steps, batch, input, units } = sizes;
  const columns = (kind === "lstm" ? 4 : 3) * units;
  const cell = kind === "lstm" ? recurrence(lstm()) : recurrence(gru({ reset: "before" }));
  const f32 = (...shape: number[]) => ({ shape, dtype: "f32" as const });
  const step = (x: Tensor, w: { wx: Tensor; wh: Tensor; b: Tensor }) => {
    const { outputs } = cell.run(w, x, { timeMajor: true });
    return isTrained ? gradient(outputs.mul(outputs).sum(), { x, w }) : outputs;
  };
  const w = { wx: f32(input, columns), wh: f32(units, columns), b: f32(columns) };
  const { graph } = trace(kind, step as (...args: never[]) => unknown, [f32(steps, batch, input), w]);
  return lowerGraph(graph, (await open()).supports);
}

test("a blocked Program computes what it did, for loops forward and their gradients", async () => {
  const sizes = fc.record({
    steps: fc.constantFrom(1, 4, 6, 7, 8, 12),
    batch: fc.integer({ min: 1, max: 3 }),
    input: fc.integer({ min: 1, max: 3 }),
    units: fc.integer({ min: 1, max: 3 }),
  });
  let cut = 0;
  await fc.assert(
    fc.asyncProperty(
      sizes,
      fc.constantFrom("lstm", "gru"),
      fc.boolean(),
      fc.integer({ min: 1, max: 3 }),
      async (size, kind, isTrained, fitting) => {
        const program = await traced(kind, size, isTrained);
        const laid = blockTime(program, 4 * fitting * size.batch * 4 * size.units); // room for so many steps of an LSTM
        if (laid !== program) cut++;
        expect(await after(laid)).toEqual(await after(program));
      },
    ),
    { numRuns: 60, interruptAfterTimeLimit: 5_000 },
  );
  expect(cut).toBeGreaterThan(10);
});

test("what only the loop reads takes a block's room, what the way back reads stays whole", () => {
  const program = lstmForward({ steps: 64, batch: 32, input: 8, units: 128 });
  const [before, laid] = [program.slots.at(-1)!, blockTime(program).slots.at(-1)!];
  expect([before.length, laid.length]).toEqual([64 * 32 * 512, 16 * 32 * 512]);
  expect(blockTime(lstmForward({ steps: 4, batch: 32, input: 8, units: 128 })).steps).toHaveLength(2); // small enough as it is
});
