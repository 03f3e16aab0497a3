import { expect, test } from "vitest";
import type { Instruction, Program, Step, View } from "../../backend.ts";
import { stepwise } from "./stepwise.ts";

const view = (advance: number[]): View => ({ slot: 0, offset: 0, shape: [], strides: [], advance });
const body: Instruction[] = [{ op: "const", value: 1 }];
const map = (depth: number): Step => ({
  kind: "map",
  shape: [],
  body,
  inputs: [],
  outputs: [{ view: view(new Array<number>(depth).fill(0)), value: 0 }],
});
const slots: Program["slots"] = [
  { dtype: "f32", length: 1, binding: 0 },
  { dtype: "f32", length: 1 },
  { dtype: "f32", length: 1 },
];

test("kernels run in order, once per iteration of their scans, with the same arrays each time", () => {
  const seen: string[] = [];
  const arrays = new Set<unknown>();
  const program: Program = {
    name: "p",
    slots,
    steps: [
      map(0),
      { kind: "scan", length: 2, body: [map(1), { kind: "scan", length: 2, body: [map(2)] }, map(1)] },
      { kind: "scan", length: 0, body: [map(1)] },
    ],
  };
  const executable = stepwise<string>({
    ...{ executor: "test", program, create: (slot) => `scratch ${program.slots.indexOf(slot)}`, destroy: () => {} },
    launch: (kernel) => (slots, t) => {
      const depth = kernel.kind === "map" ? kernel.outputs[0]!.view.advance.length : -1;
      seen.push(`${depth}:${t.slice(0, depth).join("")}`);
      arrays.add(slots).add(t);
      expect(slots).toEqual(["x", "scratch 1", "scratch 2"]);
    },
  });
  executable.run(["x"]);
  expect(seen.join(" ")).toBe("0: 1:0 2:00 2:01 1:0 1:1 2:10 2:11 1:1");
  expect(arrays.size).toBe(2);
  expect(executable.executor).toBe("test");
});

test("what was created is destroyed once: at destroy, and when a later create fails", () => {
  const alive = new Set<number>();
  let made = 0;
  const start = (most: number) =>
    stepwise<number>({
      ...{ executor: "test", program: { name: "p", slots, steps: [] }, launch: () => () => {} },
      create: () => {
        if (alive.size === most) throw new Error("full");
        alive.add(++made);
        return made;
      },
      destroy: (buffer) => expect(alive.delete(buffer)).toBe(true),
    });
  const executable = start(2);
  expect(alive.size).toBe(2);
  executable.destroy();
  expect(alive.size).toBe(0);
  expect(() => start(1)).toThrow("full");
  expect(alive.size).toBe(0);
});

test("a wrong number of bindings and a run after destroy are errors", () => {
  const executable = stepwise<string>({
    executor: "test",
    program: { name: "p", slots, steps: [] },
    create: () => "",
    destroy: () => {},
    launch: () => () => {},
  });
  expect(() => executable.run([])).toThrow(
    expect.objectContaining({ code: "INVALID_ARGUMENT", message: "p: run takes 1 bindings, got 0" }),
  );
  executable.destroy();
  expect(() => executable.run(["x"])).toThrow(expect.objectContaining({ code: "DISPOSED" }));
});
