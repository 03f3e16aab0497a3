import type { MatmulStep, Program, ScanStep, Shape, Slot, Step, View } from "@sluice/core";
import { denseStrides } from "@sluice/core/kit";
import { open } from "@sluice/core/reference";
import { expect, test } from "vitest";
import { type PlannedStep, planPanels } from "./planPanels.ts";
import { harness } from "../kernels/matmul/testing/harness.ts";

const [x, w, y] = [0, 1, 2]; // slots

/** A dense matrix; moves by `advance` per iteration. */
const matrix = (slot: number, shape: Shape, advance: readonly number[] = []): View => ({
  slot,
  offset: 0,
  shape,
  strides: denseStrides(shape),
  advance,
});
const matmul = (a: View, b: View, out: View, accumulate = false): MatmulStep => ({ kind: "matmul", a, b, out, accumulate });
const scan = (length: number, ...body: Step[]): ScanStep => ({ kind: "scan", length, body });

/** Slots as long as the steps need; all bound, but for those that `scratch` names. */
function program(steps: readonly Step[], lengths: readonly number[], scratch: readonly number[] = []): Program {
  const bound = lengths.map((_, slot) => slot).filter((slot) => !scratch.includes(slot));
  const slots = lengths.map((length, slot): Slot => ({
    dtype: "f32",
    length,
    ...(scratch.includes(slot) ? {} : { binding: bound.indexOf(slot) }),
  }));
  return { name: "products", slots, steps };
}

/** "pack 0, scan(product 0)": operations by kind, with the panels they use. */
function outline(ops: readonly PlannedStep[]): string {
  return ops
    .map((op) =>
      op.kind === "scan" ? `scan(${outline(op.body)})` : op.kind === "pack" ? `pack ${op.panels}` : `product ${op.panels ?? "alone"}`,
    )
    .join(", ");
}

const [rows, width, units] = [32, 64, 128];
const step = (scans: number): MatmulStep =>
  matmul(
    matrix(x, [rows, width], new Array<number>(scans).fill(rows * width)),
    matrix(w, [width, units], new Array<number>(scans).fill(0)),
    matrix(y, [rows, units], new Array<number>(scans).fill(0)),
  );
const lengths = [10 * rows * width, width * units, rows * units];

test("weights that are only read are packed first of all, and kept", () => {
  const { ops, panels } = planPanels(program([scan(10, step(1))], lengths));
  expect(outline(ops)).toBe("pack 0, scan(product 0)");
  expect(panels).toEqual([{ bytes: 4 * width * units, cachedSlot: w }]);
});

test("weights of scratch are packed before the outermost scan in which they are invariant", () => {
  const { ops, panels } = planPanels(program([scan(2, scan(5, step(2)))], lengths, [w]));
  expect(outline(ops)).toBe("pack 0, scan(scan(product 0))");
  expect(panels).toEqual([{ bytes: 4 * width * units }]);
});

test("weights that move with the outer scan are packed inside of it", () => {
  const product = step(2);
  const moving = { ...product, b: { ...product.b, advance: [width * units, 0] } };
  const { ops } = planPanels(program([scan(2, scan(5, moving))], [lengths[0]!, 2 * lengths[1]!, lengths[2]!]));
  expect(outline(ops)).toBe("scan(pack 0, scan(product 0))");
});

test("nothing is packed inside parallel scans, which would all fill the same panels", () => {
  const product = step(2);
  const moving = { ...product, b: { ...product.b, advance: [width * units, 0] } };
  const parallel = (body: Step) => ({ ...scan(2, body), isParallel: true });
  const { ops } = planPanels(program([parallel(scan(5, moving))], [lengths[0]!, 2 * lengths[1]!, lengths[2]!]));
  expect(outline(ops)).toBe("scan(scan(product alone))");
  expect(outline(planPanels(program([parallel(scan(5, step(2)))], lengths, [w])).ops)).toBe("pack 0, scan(scan(product 0))");
});

test("weights that a scan writes are not packed before it", () => {
  const square = (a: number, b: number, out: number): MatmulStep =>
    matmul(...([a, b, out].map((slot) => matrix(slot, [64, 64], [0])) as [View, View, View]));
  const { ops } = planPanels(program([scan(10, square(0, 1, 2), square(0, 2, 1))], [4096, 4096, 4096]));
  expect(outline(ops)).toBe("scan(product alone, product alone)");
});

test("a loop-invariant left operand is packed for the transposed product, where the views lie for that", () => {
  const transposed = (view: View): View => ({ ...view, shape: view.shape.toReversed(), strides: view.strides.toReversed() });
  const { b, a, out } = step(1);
  const { ops } = planPanels(program([scan(10, matmul(transposed(b), transposed(a), transposed(out)))], lengths, [w]));
  expect(outline(ops)).toBe("pack 0, scan(product 0)");
  expect(ops[1]).toMatchObject({ body: [{ step: step(1) }] });
});

test("a single row is multiplied with the weights as they lie", () => {
  const product = matmul(matrix(x, [1, width]), matrix(w, [width, units]), matrix(y, [1, units]));
  expect(outline(planPanels(program([product], [width, width * units, units])).ops)).toBe("product alone");
});

test("products of the same weights share their panels", () => {
  const { ops, panels } = planPanels(program([scan(10, step(1)), step(0)], lengths));
  expect(outline(ops)).toBe("pack 0, scan(product 0), product 0");
  expect(panels).toHaveLength(1);
});

test("a scan of no iterations packs nothing, as its views may lie anywhere", () => {
  expect(outline(planPanels(program([scan(0, step(1))], [0, 0, 0])).ops)).toBe("scan(product alone)");
});

test("what is kept is good for the next run", () => {
  const { slots, run, runPacked } = harness(program([scan(10, step(1))], lengths));
  slots[w]!.forEach((_, i) => (slots[w]![i] = (i % 7) - 3));
  slots[x]!.fill(1);
  run();
  const once = slots[y]!.slice();
  slots[x]!.fill(2);
  runPacked();
  expect([...slots[y]!]).toEqual([...once].map((value) => 2 * value));
});

test("a product reads in each iteration what the iteration before has written", async () => {
  const size = 24;
  const whole = (slot: number): View => matrix(slot, [size, size], [0]);
  const steps = [scan(3, matmul(whole(0), whole(1), whole(2)), matmul(whole(2), whole(0), whole(1), true))];
  const products = program(steps, [size * size, size * size, size * size]);
  const start = products.slots.map(({ length }, slot) => Float32Array.from({ length }, (_, i) => ((i * (slot + 5)) % 11 === 0 ? 1 : 0)));
  const { slots, run } = harness(products);
  start.forEach((values, slot) => slots[slot]!.set(values));
  run();

  const backend = await open();
  const buffers = start.map((values) => {
    const buffer = backend.create("f32", values.length);
    backend.write(buffer, values);
    return buffer;
  });
  (await backend.compile(products)).run(buffers);
  for (const [slot, buffer] of buffers.entries()) expect([...slots[slot]!]).toEqual([...(await backend.read(buffer))]);
});
