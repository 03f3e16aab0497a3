import type { Backend, Instruction, Kernel, Program, Step, TypedArray } from "@sluice/core";
import { check, mapKernels } from "@sluice/core/kit";
import { open } from "@sluice/core/reference";
import { expect, test } from "vitest";
import { stepLaws } from "./steps.ts";

type Reference = Backend<TypedArray>;
const seed = Number(process.env["SLUICE_SEED"]);

/** The reference backend with something wrong with it. */
function wrong(spoil: (backend: Reference) => Partial<Reference>): () => Promise<Reference> {
  return async () => {
    const backend = await open();
    return { ...backend, ...spoil(backend) };
  };
}
/** One that runs other programs than it is given, where they are legal. */
const rewrites = (change: (program: Program) => Program) =>
  wrong((backend) => ({ compile: (program) => backend.compile(legal(change(program)) ?? program) }));
const kernels = (change: (kernel: Kernel) => Kernel) => rewrites((program) => ({ ...program, steps: mapKernels(program.steps, change) }));
const bodies = (change: (instruction: Instruction) => Instruction) =>
  kernels((kernel) => ("body" in kernel ? { ...kernel, body: kernel.body.map(change) } : kernel));
const scans = (change: (step: Step & { kind: "scan" }) => Step) => {
  const inside = (step: Step): Step => (step.kind === "scan" ? change({ ...step, body: step.body.map(inside) }) : step);
  return rewrites((program) => ({ ...program, steps: program.steps.map(inside) }));
};
/** One whose reads give something else. */
const reads = (change: (data: TypedArray) => TypedArray) =>
  wrong((backend) => ({ read: async (...args) => change(await backend.read(...args)) }));

const mutants: readonly [name: string, law: RegExp, open: () => Promise<Reference>][] = [
  ["less with its operands swapped", /^map/, bodies((i) => (i.op === "less" ? { ...i, x: i.y, y: i.x } : i))],
  ["tanh that is sigmoid", /^map/, bodies((i) => (i.op === "tanh" ? { ...i, op: "sigmoid" } : i))],
  ["select that takes the other one", /^map/, bodies((i) => (i.op === "select" ? { ...i, x: i.y, y: i.x } : i))],
  [
    "outputs in each other's place",
    /^map/,
    kernels((k) =>
      k.kind === "map" ? { ...k, outputs: k.outputs.map(({ view }, at) => ({ view, value: k.outputs.at(-1 - at)!.value })) } : k,
    ),
  ],
  ["results 8 ulp of f32 too large", /^map/, reads((data) => (data instanceof Float32Array ? data.map((x) => x * (1 + 2 ** -20)) : data))],
  [
    "a sum that starts from nothing where it should accumulate",
    /^reduce/,
    kernels((k) => (k.kind === "reduce" ? { ...k, accumulate: false } : k)),
  ],
  ["a maximum that is a sum", /^reduce/, kernels((k) => (k.kind === "reduce" ? { ...k, combine: "sum" } : k))],
  [
    "a product that overwrites where it should accumulate",
    /^matmul/,
    kernels((k) => (k.kind === "matmul" ? { ...k, accumulate: false } : k)),
  ],
  [
    "a product that reads one batch for all",
    /^matmul/,
    kernels((k) =>
      k.kind === "matmul" ? { ...k, a: { ...k.a, strides: k.a.strides.map((s, axis, all) => (axis < all.length - 2 ? 0 : s)) } } : k,
    ),
  ],
  [
    "a gather that forgets the table's offset",
    /^gather/,
    kernels((k) => (k.kind === "gather" && k.table.strides.every((s) => s >= 0) ? { ...k, table: { ...k.table, offset: 0 } } : k)),
  ],
  [
    "a scatter that adds every row twice",
    /^scatter/,
    rewrites((program) => ({
      ...program,
      steps: program.steps.flatMap((step): Step[] => (step.kind === "scatter" ? [step, step] : [step])),
    })),
  ],
  ["scans that end early", /^scan/, scans((scan) => ({ ...scan, length: Math.max(0, scan.length - 1) }))],
  [
    "scans that run every iteration twice",
    /^scan/,
    scans((scan) => (scan.length === 0 ? scan : { ...scan, body: [...scan.body, ...scan.body] })),
  ],
  [
    "steps in the other order",
    /^programs/,
    rewrites((program) => ({ ...program, steps: [...program.steps.slice(0, -2), ...program.steps.slice(-2).reverse()] })),
  ],
  ["results that lose NaN", /^special/, reads((data) => data.map((x: number) => (Number.isNaN(x) ? 0 : x)))],
  [
    "infinities that are the largest number",
    /^special/,
    reads((data) => data.map((x: number) => (Math.abs(x) === Infinity ? Math.sign(x) * 1e300 : x))),
  ],
  ["noise in the last bit", /^repeats/, reads((data) => data.map((x: number) => x * (1 + Math.random() * 2 ** -22)))],
  [
    "constants of which one stands for all that are not finite",
    /^constants/,
    bodies((i) => (i.op === "const" && !Number.isFinite(i.value) ? { ...i, value: Infinity } : i)),
  ],
  ["zeros without signs", /^zeros/, reads((data) => data.map((x: number) => x + 0))],
  [
    "whole numbers that wrap around",
    /^i32/,
    reads((data) => (data instanceof Int32Array ? data.map((x) => (x === 2 ** 31 - 1 ? -(2 ** 31) : x)) : data)),
  ],
  [
    "whole numbers that are floats until they are read",
    /^whole/,
    rewrites((program) => ({
      ...program,
      slots: program.slots.map((slot) => (slot.binding === undefined && slot.dtype === "i32" ? { ...slot, dtype: "f32" } : slot)),
    })),
  ],
  [
    "constants that are rounded otherwise in some kernels",
    /^rounding/,
    kernels((k) =>
      k.kind === "map" && k.body.length % 8 < 4
        ? { ...k, body: k.body.map((i) => (i.op === "const" ? { ...i, value: i.value * (1 + 2 ** -22) } : i)) }
        : k,
    ),
  ],
  [
    "a read that looks later",
    /^call order/,
    wrong((backend) => ({ read: async (...args) => Promise.resolve().then(() => backend.read(...args)) })),
  ],
  ["buffers that start as ones", /^buffers/, wrong((backend) => ({ create: (dtype, length) => backend.create(dtype, length).fill(1) }))],
  ["writes that ignore where", /^buffers/, wrong((backend) => ({ write: (buffer, data) => backend.write(buffer, data) }))],
  [
    "a second destroy without a word",
    /^misuse/,
    wrong((backend) => ({ destroy: (buffer) => void Promise.resolve(backend.destroy).then(() => buffer) })),
  ],
];

function legal(program: Program): Program | undefined {
  try {
    check(program);
    return program;
  } catch {
    return undefined;
  }
}

test.each(mutants)("%s breaks the law %s", async (_name, name, spoilt) => {
  const law = stepLaws.find((law) => name.test(law.name))!;
  await expect(law.run(spoilt, { milliseconds: 10_000, seed })).rejects.toThrow(/should (be|throw)|first time/);
});

test("a counterexample is a small program, printed, with the numbers that differ", async () => {
  const spoilt = bodies((i) => (i.op === "tanh" ? { ...i, op: "sigmoid" } : i));
  const map = stepLaws.find(({ name }) => name.startsWith("map"))!;
  await expect(map.run(spoilt, { milliseconds: 10_000, seed })).rejects.toThrow(
    /generated: \d slots, 1 steps[^]*tanh[^]*data from seed \d+[^]*should be -?[\d.e-]+ ± [\d.e-]+, got/,
  );
});

test("a backend that promises no bits is not asked for them", async () => {
  const repeats = stepLaws.find(({ name }) => name.startsWith("repeats"))!;
  const noisy = wrong((backend) => ({
    supports: { ...backend.supports, repeats: "no" },
    read: async (...args: Parameters<Reference["read"]>) =>
      (await backend.read(...args)).map((x: number) => x * (1 + Math.random() * 1e-9)),
  }));
  await expect(repeats.run(noisy, { milliseconds: 100, seed })).resolves.toEqual({ examples: 0 });
});
