import { expect, test } from "vitest";
import type { Instruction, Program, Slot, Step, View } from "../../backend.ts";
import { check } from "../check/check.ts";
import { open } from "../../reference.ts";
import { dense } from "../views.ts";
import { liveIntervalsOf } from "./liveness.ts";
import { shareScratch } from "./shareScratch.ts";

const copy: readonly Instruction[] = [{ op: "load", input: 0 }];
const scratch = (name: string, length = 4): Slot => ({ name, dtype: "f64", length });
const bound: readonly Slot[] = [
  { name: "x", dtype: "f64", length: 8, binding: 0 },
  { name: "y", dtype: "f64", length: 8, binding: 1 },
];
const all = (slot: number, depth = 0, more: { offset?: number; advance?: number[] } = {}): View =>
  dense(slot, [4], { advance: new Array<number>(depth).fill(0), ...more });
const move = (from: View, to: View): Step => ({
  kind: "map",
  shape: from.shape,
  body: copy,
  inputs: [from],
  outputs: [{ view: to, value: 0 }],
});
const scan = (length: number, ...body: Step[]): Step => ({ kind: "scan", length, body });
const program = (scratch: readonly Slot[], ...steps: Step[]): Program => ({ name: "p", slots: [...bound, ...scratch], steps });
const shapes = ({ slots }: Program): string[] => slots.slice(2).map(({ name, length }) => `${name}:${length}`);

async function contents(of: Program): Promise<number[]> {
  check(of);
  const backend = await open();
  const [x, y] = [backend.create("f64", 8), backend.create("f64", 8)];
  backend.write(x, Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8));
  (await backend.compile(of)).run([x, y]);
  return Array.from(await backend.read(y));
}
async function shares(of: Program): Promise<string[]> {
  const shared = shareScratch(of);
  expect(await contents(shared)).toEqual(await contents(of));
  return shapes(shared);
}

test("slots whose lives are disjoint become one, as long as the longest", async () => {
  const p = program(
    [scratch("a"), scratch("b"), scratch("c", 9)],
    move(all(0), all(2)),
    move(all(2), all(3)),
    move(all(3), all(4)),
    move(all(4), all(1)),
  );
  expect(await shares(p)).toEqual(["a|c:9", "b:4"]);
});

test("each slot goes where it fits best, and never onto another dtype", () => {
  const f32: Slot = { name: "f", dtype: "f32", length: 4 };
  const p = program(
    [scratch("big", 100), scratch("small", 5), scratch("c"), f32],
    move(all(0), all(2)),
    move(all(0), all(3)),
    move(all(2), all(1)),
    move(all(3), all(1)),
    move(all(0), all(4)),
    move(all(4), all(5)),
  );
  expect(shapes(shareScratch(p))).toEqual(["big:100", "small|c:5", "f:4"]);
});

test("a slot that enters or leaves a scan lives through all of it", () => {
  const p = program(
    [scratch("in"), scratch("local"), scratch("out")],
    move(all(0), all(2)),
    scan(2, move(all(2, 1), all(3, 1)), move(all(3, 1), all(4, 1))),
    move(all(4), all(1)),
  );
  expect(liveIntervalsOf(p)).toEqual([
    { slot: 2, first: 0, last: 2 },
    { slot: 3, first: 1, last: 2 },
    { slot: 4, first: 1, last: 3 },
  ]);
});

test("inside a scan, scratch written before it is read in every iteration shares", async () => {
  const body = [
    move(all(0, 1), all(2, 1)),
    move(all(2, 1), all(3, 1)),
    move(all(3, 1), all(4, 1)),
    move(all(4, 1), all(1, 1, { advance: [4] })),
  ];
  expect(await shares(program([scratch("a"), scratch("b"), scratch("c")], scan(2, ...body)))).toEqual(["a|c:4", "b:4"]);
});

test("a value carried from one iteration to the next keeps its slot for the whole scan", async () => {
  const state = scratch("state", 12);
  const step = move(all(2, 1, { advance: [4] }), all(2, 1, { advance: [4], offset: 4 }));
  const p = program(
    [state, scratch("tmp")],
    move(all(0), all(2)),
    scan(2, step, move(all(2, 1, { advance: [4] }), all(3, 1)), move(all(3, 1), all(1, 1, { advance: [4] }))),
    move(all(2, 0, { offset: 8 }), all(1)),
  );
  expect(await shares(p)).toEqual(["state:12", "tmp:4"]);
});

test("scratch read before it is written in an iteration is not local", () => {
  const p = program(
    [scratch("late"), scratch("other")],
    scan(2, move(all(0, 1), all(3, 1)), move(all(3, 1), all(1, 1)), move(all(2, 1), all(1, 1)), move(all(0, 1), all(2, 1))),
  );
  expect(liveIntervalsOf(p).find(({ slot }) => slot === 2)).toEqual({ slot: 2, first: 0, last: 3 });
});

test("scratch that nothing touches is dropped; bindings and data stay", () => {
  const data: Slot = { dtype: "f64", length: 4, data: new Float64Array(4) };
  const shared = shareScratch(program([scratch("unused"), data, scratch("a")], move(all(3), all(4)), move(all(4), all(1))));
  expect(shared.slots.slice(2).map(({ name }) => name)).toEqual([undefined, "a"]);
  check(shared);
});
