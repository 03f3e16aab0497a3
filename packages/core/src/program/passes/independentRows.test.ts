import fc from "fast-check";
import { expect, test } from "vitest";
import type { Instruction, Kernel, Program, ScanStep, Step, View } from "../../backend.ts";
import { check } from "../check/check.ts";
import { sitesOf, usesOf } from "../uses.ts";
import { type Tensor, lstm, recurrence, sum, valueAndGradient } from "../../index.ts";
import { open } from "../../reference.ts";
import { hunt } from "../../testing/hunt.ts";
import { f32, programOf } from "../../testing/programs.ts";
import { mapKernels, mapViews } from "../rewrite.ts";
import { inRows, rowsOf } from "./independentRows.ts";
import { start, walker } from "../running/walk.ts";

const length = 120;
const program = (...steps: Step[]): Program => ({
  name: "p",
  slots: Array.from({ length: 4 }, (_, binding) => ({ dtype: "f64", length, binding })),
  steps,
});
const view = (slot: number, shape: number[], strides: number[], advance: number[], offset = 0): View => ({
  ...{ slot, offset, shape, strides, advance },
});
const rows = (slot: number, advance: number, offset = 0): View => view(slot, [4, 3], [3, 1], [advance], offset);
const map = (out: View, ...inputs: View[]): Kernel => {
  const body: Instruction[] = [{ op: "load", input: 0 }, ...inputs.map((_, input) => ({ op: "load", input }) as const)];
  const value = body.push({ op: "add", x: 0, y: inputs.length }) - 1;
  return { kind: "map", shape: out.shape, body, inputs, outputs: [{ view: out, value }] };
};
const matmul = (out: View, a: View, b: View): Kernel => ({ kind: "matmul", a, b, out, accumulate: false });
const scan = (count: number, ...body: Step[]): ScanStep => ({ kind: "scan", length: count, body });

test("rows of a stacked state, which each step reads and writes one slice further, are independent", () => {
  expect(rowsOf(scan(5, map(rows(0, 12, 12), rows(0, 12), rows(1, 0))))).toBe(4);
  expect(rowsOf(scan(5, map(rows(0, -12, 48), rows(0, -12, 60), rows(1, 0))))).toBe(4);
});

test("rows whose steps stand side by side in them are independent", () => {
  const side = (offset: number): View => view(0, [4, 3], [30, 1], [3], offset);
  expect(rowsOf(scan(5, map(side(3), side(0))))).toBe(4);
  expect(rowsOf(scan(10, map(side(3), side(0))))).toBeUndefined(); // the last step writes into the next row
});

test("a product reads its right operand whole", () => {
  const weights = view(1, [3, 3], [3, 1], [0]);
  expect(rowsOf(scan(5, matmul(rows(0, 12, 12), rows(0, 12), weights)))).toBe(4);
  expect(rowsOf(scan(5, matmul(rows(0, 12, 12), rows(0, 12), weights), map(rows(1, 0), rows(2, 0))))).toBeUndefined();
});

test("rows that read their neighbours, sums over rows, and a single row are not cut", () => {
  expect(rowsOf(scan(5, map(rows(0, 12, 12), rows(0, 12, 3))))).toBeUndefined();
  expect(rowsOf(scan(5, matmul(view(0, [3, 3], [3, 1], [0]), view(1, [3, 4], [1, 3], [12]), rows(2, 12))))).toBe(3); // of the sum itself
  expect(rowsOf(scan(5, map(view(0, [1, 3], [3, 1], [3], 3), view(0, [1, 3], [3, 1], [3]))))).toBeUndefined();
  expect(rowsOf(scan(5, map(view(0, [], [], [1]))))).toBeUndefined();
});

test("all steps of an LSTM and of its gradient have independent rows", () => {
  const layer = recurrence(lstm());
  const loss = (w: { wx: Tensor; wh: Tensor; b: Tensor }, x: Tensor): Tensor => sum(layer.run(w, x).outputs);
  const { steps } = programOf(valueAndGradient(loss), [{ wx: f32(3, 20), wh: f32(5, 20), b: f32(20) }, f32(4, 6, 3)]);
  expect(steps.flatMap((step) => (step.kind === "scan" ? [rowsOf(step)] : []))).toEqual([4, 4]);
});

// Against what each iteration really touches, and against the reference.

const count = 4;
const tall = 3;
const place = fc.record({
  slot: fc.integer({ min: 0, max: 3 }),
  offset: fc.oneof({ weight: 3, arbitrary: fc.constantFrom(0, 12, 24) }, fc.integer({ min: 0, max: 30 })),
  distance: fc.oneof({ weight: 4, arbitrary: fc.constant(4) }, fc.constantFrom(1, 2, 3, 8, 16)),
  moves: fc.array(fc.oneof({ weight: 4, arbitrary: fc.constantFrom(0, 12, 24) }, fc.constantFrom(1, 2, 4, -12)), {
    minLength: 2,
    maxLength: 2,
  }),
});
type Place = typeof place extends fc.Arbitrary<infer P> ? P : never;
const kernel = fc.record({
  kind: fc.constantFrom("map", "reduce", "matmul"),
  width: fc.integer({ min: 1, max: 3 }),
  isNested: fc.boolean(),
  places: fc.array(place, { minLength: 3, maxLength: 3 }),
});

function kernelOf({ kind, width, isNested, places }: typeof kernel extends fc.Arbitrary<infer K> ? K : never): Step {
  const at = ({ slot, offset, distance, moves }: Place, shape: number[]): View =>
    view(slot, shape, [distance, 1, 1].slice(0, shape.length), isNested ? moves : moves.slice(0, 1), offset);
  const [x, y, z] = places as [Place, Place, Place];
  const body: Instruction[] = [{ op: "load", input: 0 }];
  const made = (): Kernel => {
    switch (kind) {
      case "reduce":
        return {
          kind,
          shape: [tall, width],
          folded: 1,
          combine: "sum",
          body,
          inputs: [at(x, [tall, width])],
          output: at(z, [tall]),
          accumulate: false,
        };
      case "matmul":
        return matmul(at(z, [tall, width]), at(x, [tall, 2]), at(y, [2, width]));
      default:
        return map(at(z, [tall, width]), at(x, [tall, width]), at(y, [tall, width]));
    }
  };
  return isNested ? scan(2, made()) : made();
}

test("rows that are said to be independent touch nothing that another writes, and may run in any order", async () => {
  const backend = await open();
  const run = async (of: Program): Promise<Float64Array[]> => {
    const buffers = of.slots.map(({ dtype }) => backend.create(dtype, length));
    buffers.forEach((buffer, b) =>
      backend.write(
        buffer,
        Float64Array.from({ length }, (_, i) => Math.sin(7 * b + i)),
      ),
    );
    const executable = await backend.compile(of);
    executable.run(buffers);
    const contents = await Promise.all(buffers.map((buffer) => backend.read(buffer)));
    executable.destroy();
    buffers.forEach((buffer) => backend.destroy(buffer));
    return contents as Float64Array[]; // of f64 buffers
  };
  let proven = 0;
  await hunt(fc.array(kernel, { minLength: 1, maxLength: 3 }), async (kernels) => {
    const whole = scan(count, ...kernels.map(kernelOf));
    if (!isLegal(program(whole)) || rowsOf(whole) === undefined) return;
    proven++;
    expect(meet(whole)).toBe(false);
    const cut = inRows(whole, 1, 0);
    expect(cut.length).toBe(tall);
    check(program(cut));
    const expected = await run(program(whole));
    expect(await run(program(cut))).toEqual(expected);
    expect(await run(program(backwards(cut)))).toEqual(expected);
  });
  expect(proven).toBeGreaterThan(20);
});

function isLegal(of: Program): boolean {
  try {
    check(of);
    return true;
  } catch {
    return false;
  }
}

/** Does some row write what another one touches, in whichever iterations? Element by element. */
function meet(whole: ScanStep): boolean {
  const touches = new Map<string, { readonly by: Set<number>; isWritten: boolean }>();
  for (const { kernel, lengths } of sitesOf([whole])) {
    const unit = lengths.map((_, d) => lengths.map((_, other) => (other === d ? 1 : 0)));
    for (const { view, role, access } of usesOf(kernel)) {
      const isWhole = kernel.kind === "matmul" && role === "b";
      const elements = walker(view.shape, [view.strides, view.shape.map((_, axis) => (axis === 0 ? 1 : 0))]);
      walker(lengths, unit)([0, 0], (t) =>
        elements([start(view, t), 0], ([element, row]) => {
          const key = `${view.slot} ${element}`;
          const touch = touches.get(key) ?? { by: new Set(), isWritten: false };
          touches.set(key, touch);
          for (const reader of isWhole ? [0, 1, 2] : [row!]) touch.by.add(reader);
          touch.isWritten ||= access !== "read";
        }),
      );
    }
  }
  return [...touches.values()].some(({ by, isWritten }) => isWritten && by.size > 1);
}

/** The same groups, the last one first. */
function backwards(groups: ScanStep): ScanStep {
  const turn = (view: View): View => {
    const [by = 0, ...rest] = view.advance;
    return { ...view, offset: view.offset + (groups.length - 1) * by, advance: [-by, ...rest] };
  };
  return { ...groups, body: mapKernels(groups.body, (kernel) => mapViews(kernel, turn)) };
}
