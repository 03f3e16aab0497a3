import { expect, test } from "vitest";
import { dense } from "./views.ts";
import { writtenBindings } from "./uses.ts";

test("a Program writes the bindings of its results, also those that it writes in scans or adds to", () => {
  const slots = [0, 1, 2, 3].map((binding) => ({ dtype: "f32", length: 4, binding }) as const);
  const view = (slot: number) => dense(slot, [2, 2]);
  const inScan = (slot: number) => ({ ...view(slot), advance: [0] });
  const program = {
    name: "writes",
    slots: [...slots, { dtype: "f32", length: 4 } as const],
    steps: [
      { kind: "matmul", a: view(0), b: view(0), out: view(4), accumulate: false },
      { kind: "matmul", a: view(0), b: view(4), out: view(2), accumulate: true },
      { kind: "scan", length: 2, body: [{ kind: "matmul", a: inScan(0), b: inScan(2), out: inScan(1), accumulate: false }] },
    ],
  } as const;
  expect(writtenBindings(program)).toEqual([2, 1]);
});
