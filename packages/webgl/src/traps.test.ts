// What gpu.js and WebGL do wrong without a word, and that it does not happen here. The numbers are those of the list in the README.
import type { Instruction, MapStep, Program, Slot, View } from "@sluice/core";
import { dense } from "@sluice/core/kit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type WebGLBackend, open } from "./open.ts";
import { agrees } from "./testing/agrees.ts";

describe.each(["webgl2", "webgl"] as const)("%s", (mode) => {
  let backend: WebGLBackend;
  beforeAll(async () => {
    backend = await open({ modes: [mode] });
  });
  afterAll(() => backend.close());

  test("tanh and sigmoid of large numbers are ±1 and 0, not NaN", async () => {
    const executable = await backend.compile(mapping([1], [load(0), { op: "tanh", x: 0 }, { op: "sigmoid", x: 0 }], [1, 2]));
    for (const [x, tanh, sigmoid] of [
      [100, 1, 1],
      [-100, -1, 0],
      [Infinity, 1, 1],
      [-Infinity, -1, 0],
    ] as const) {
      const buffers = [0, 1, 2].map(() => backend.create("f32", 1));
      backend.write(buffers[0]!, Float32Array.of(x));
      executable.run(buffers);
      expect((await backend.read(buffers[1]!))[0]).toBe(tanh);
      expect((await backend.read(buffers[2]!))[0]).toBeCloseTo(sigmoid, 30);
    }
  });

  test("a fold of more than a thousand terms, or of more than one kernel may take, is not cut short", async () => {
    for (const [kept, terms] of [
      [1, 300],
      [3, 5000],
      [1, 20_000],
      [1024, 1001],
    ] as const)
      await agrees(backend, summing(kept, terms));
    await agrees(backend, multiplying(2, 5000, 3));
  });

  test("one kernel reads textures of other sizes at each launch", async () => {
    for (const length of [4, 400, 40_000, 5]) {
      const view = dense(0, [4], { offset: length - 4 });
      await agrees(backend, {
        ...mapping([4], doubling, [1]),
        slots: bound(length, 4),
        steps: [step([4], doubling, [view], [dense(1, [4])], [1])],
      });
    }
  });

  test("a kernel reads what it wrote in the iteration before, whatever the sizes of its textures", async () => {
    const body: Instruction[] = [load(0), { op: "neg", x: 0 }];
    const program: Program = {
      name: "flip",
      slots: bound(40),
      steps: [
        {
          kind: "scan",
          length: 12,
          body: [step([5], body, [dense(0, [5], { offset: 5, advance: [2] })], [dense(0, [5], { offset: 5, advance: [2] })], [1])],
        },
        { kind: "scan", length: 7, body: [step([4], body, [even([3])], [even([3])], [1])] },
      ],
    };
    await agrees(backend, program, 3);
  });

  test("what packs one buffer may have packed another of another length before, and read what it made", async () => {
    for (const length of [6, 9, 60, 6]) await agrees(backend, sliding(length), 2);
  });

  test("what was packed for one input is there when packing for the next replaces it", async () => {
    const adding: Instruction[] = [load(0), load(1), { op: "add", x: 0, y: 1 }];
    const written = (offset: number): MapStep =>
      step([2], doubling, [dense(1, [2], { advance: [0] })], [dense(0, [2], { offset, advance: [0] })], [1]);
    const inputs: View[] = [dense(0, [5], { advance: [1] }), { slot: 0, offset: 1, shape: [5], strides: [2], advance: [0] }];
    const read = step([5], adding, inputs, [dense(2, [5], { advance: [5] })], [2]);
    await agrees(backend, {
      name: "repack",
      slots: bound(12, 2, 10),
      steps: [{ kind: "scan", length: 2, body: [written(2), written(6), read] }],
    });
  });

  test("as many textures as a kernel reads, and more, are laid together in order", async () => {
    const body: Instruction[] = [load(0), { op: "neg", x: 0 }];
    const rows = (slot: number): View => dense(slot, [3], { advance: [3] });
    const written = step([3], body, [rows(0)], [rows(1)], [1]);
    for (const length of [15, 16, 17, 64, 16])
      await agrees(backend, { name: "rows", slots: bound(3 * length, 3 * length), steps: [{ kind: "scan", length, body: [written] }] }, 2);
  });

  test("of several outputs, each keeps what no thread writes", async () => {
    const outputs = [even([]), { ...even([]), slot: 2 }];
    await agrees(
      backend,
      {
        name: "even",
        slots: bound(4, 40, 40),
        steps: [step([4], doubling, [dense(0, [4])], [{ ...outputs[0]!, slot: 1 }, outputs[1]!], [1, 0])],
      },
      2,
    );
  });

  test("more outputs than the context has draw buffers, and as many slots as are declared", async () => {
    const count = backend.supports.bindings - 1;
    const body: Instruction[] = [load(0), ...Array.from({ length: count }, (_, x): Instruction => ({ op: "add", x, y: 0 }))];
    await agrees(
      backend,
      mapping(
        [6],
        body,
        Array.from({ length: count }, (_, i) => i + 1),
      ),
    );
    const adding: Instruction[] = [...Array.from({ length: count }, (_, input) => load(input)), ...sum(count)];
    const inputs = Array.from({ length: count }, (_, slot) => dense(slot, [6]));
    const partly: View = { slot: count, offset: 1, shape: [6], strides: [2], advance: [] };
    await agrees(backend, {
      name: "many",
      slots: bound(...inputs.map(() => 6), 14),
      steps: [step([6], adding, inputs, [partly], [adding.length - 1])],
    });
  });

  test("more parts of one slot than a kernel reads textures, and a part of another that is left as it is", async () => {
    for (const count of [14, 15, 16, 20]) {
      const body: Instruction[] = [...Array.from({ length: count }, (_, input) => load(input)), ...sum(count)];
      const parts = Array.from({ length: count }, (_, i) => dense(0, [2], { offset: 3 * i }));
      const partly: View = { slot: 1, offset: 1, shape: [2], strides: [2], advance: [] };
      const last = body.length - 1;
      await agrees(backend, { name: "parts", slots: bound(3 * count, 6), steps: [step([2], body, parts, [partly], [last])] }, 2);
    }
  });

  test("millions of elements lie where they should, and reductions of them are exact", async () => {
    await agrees(backend, { ...mapping([1 << 20], doubling, [1]) });
    await agrees(backend, summing(1, 1 << 20));
  });

  test("an index outside the table gives NaN and is dropped; long lists of indices are added in parts", async () => {
    const [rows, width, count] = [5, 3, 9000];
    const slots: Slot[] = [
      ...bound(count * width),
      { dtype: "i32", length: count, binding: 1 },
      ...bound(rows * width).map((slot) => ({ ...slot, binding: 2 })),
    ];
    await agrees(backend, {
      name: "scatter",
      slots,
      steps: [{ kind: "scatter", source: dense(0, [count, width]), index: dense(1, [count]), out: dense(2, [rows, width]) }],
    });
  });
});

describe.each(["webgl2", "webgl"] as const)("%s writes views however they interlock:", (mode) => {
  const view = (slot: number, shape: number[], strides: number[], offset = 0): View => ({ slot, offset, shape, strides, advance: [] });
  const cases: [string, number[], View[]][] = [
    ["strides of which none passes what the others reach", [2, 3], [view(1, [2, 3], [3, 2])]],
    ["the same, backwards", [3, 2], [view(1, [3, 2], [-2, 3], 4)]],
    ["evenly apart, in any order", [2, 2], [view(1, [2, 2], [6, 1], 4), view(1, [2, 2], [6, 1]), view(1, [2, 2], [6, 1], 2)]],
    ["unevenly apart", [3], [view(1, [3], [4]), view(1, [3], [4], 1), view(1, [3], [4], 3)]],
    ["of unequal strides", [3], [view(1, [3], [3]), view(1, [3], [-4], 9)]],
    ["interlocking in themselves and with each other", [2, 3], [view(1, [2, 3], [3, 2]), view(1, [2, 3], [5, 10], 1)]],
  ];

  test.each(cases)("%s", async (_, shape, outputs) => {
    const backend = await open({ modes: [mode] });
    const body: Instruction[] = [load(0), { op: "add", x: 0, y: 0 }, { op: "neg", x: 0 }, { op: "mul", x: 0, y: 0 }];
    const values = outputs.map((_, i) => i + 1);
    await agrees(backend, { name: "lock", slots: bound(6, 30), steps: [step(shape, body, [dense(0, shape)], outputs, values)] });
    await backend.close();
  });
});

test("names that kernels call are ours, so that none is a function of GLSL", async () => {
  const { helpers } = await import("./gpu/helpers.ts");
  expect(Object.keys(helpers).filter((name) => !name.startsWith("sluice"))).toEqual([]);
});

const doubling: Instruction[] = [load(0), { op: "add", x: 0, y: 0 }];

function load(input: number): Instruction {
  return { op: "load", input };
}

/** Adds up instructions 0 to `count` − 1. */
function sum(count: number): Instruction[] {
  return Array.from({ length: count - 1 }, (_, i): Instruction => ({ op: "add", x: i === 0 ? 0 : count + i - 1, y: i + 1 }));
}

/** Negates every other element of a buffer, then, one further, the others: each time half of what the step before wrote is left as it is. */
function sliding(length: number): Program {
  const view: View = { slot: 0, offset: 0, shape: [Math.floor(length / 2)], strides: [2], advance: [1] };
  const body: Instruction[] = [load(0), { op: "neg", x: 0 }];
  return {
    name: "slide",
    slots: bound(length),
    steps: [{ kind: "scan", length: 2, body: [step([...view.shape], body, [view], [view], [1])] }],
  };
}

/** Every third element of 40, in slot 0. */
function even(advance: readonly number[]): View {
  return { slot: 0, offset: 2, shape: [4], strides: [3], advance };
}

function bound(...lengths: number[]): Slot[] {
  return lengths.map((length, binding) => ({ dtype: "f32", length, binding }));
}

function step(shape: number[], body: Instruction[], inputs: View[], outputs: View[], values: number[]): MapStep {
  return { kind: "map", shape, body, inputs, outputs: outputs.map((view, i) => ({ view, value: values[i]! })) };
}

/** From slot 0 to a slot for each of these values. */
function mapping(shape: number[], body: Instruction[], values: number[]): Program {
  const length = shape.reduce((product, size) => product * size, 1);
  const outputs = values.map((_, i) => dense(i + 1, shape));
  return { name: "map", slots: bound(length, ...values.map(() => length)), steps: [step(shape, body, [dense(0, shape)], outputs, values)] };
}

function summing(kept: number, terms: number): Program {
  return {
    name: "sum",
    slots: bound(kept * terms, kept),
    steps: [
      {
        kind: "reduce",
        shape: [kept, terms],
        folded: 1,
        combine: "sum",
        body: [load(0)],
        inputs: [dense(0, [kept, terms])],
        output: dense(1, [kept]),
        accumulate: true,
      },
    ],
  };
}

function multiplying(m: number, k: number, n: number): Program {
  return {
    name: "product",
    slots: bound(m * k, k * n, m * n),
    steps: [{ kind: "matmul", a: dense(0, [m, k]), b: dense(1, [k, n]), out: dense(2, [m, n]), accumulate: true }],
  };
}
