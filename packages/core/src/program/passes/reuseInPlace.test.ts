import { expect, test } from "vitest";
import type { Instruction, Program, Step, View } from "../../backend.ts";
import { check } from "../check/check.ts";
import { open } from "../../reference.ts";
import { dense } from "../views.ts";
import { reuseInPlace } from "./reuseInPlace.ts";

const twice: readonly Instruction[] = [
  { op: "load", input: 0 },
  { op: "add", x: 0, y: 0 },
];
const row = (slot: number, depth = 0, more: { offset?: number; advance?: number[] } = {}): View =>
  dense(slot, [4], { advance: new Array<number>(depth).fill(0), ...more });
const double = (from: View, to: View): Step => ({
  kind: "map",
  shape: [4],
  body: twice,
  inputs: [from],
  outputs: [{ view: to, value: 1 }],
});
const scan = (...body: Step[]): Step => ({ kind: "scan", length: 3, body });
const program = (...steps: Step[]): Program => ({
  name: "p",
  slots: [
    { name: "x", dtype: "f64", length: 16, binding: 0 },
    { name: "y", dtype: "f64", length: 16, binding: 1 },
    { name: "a", dtype: "f64", length: 16 },
    { name: "b", dtype: "f64", length: 16 },
  ],
  steps,
});
const x = 0;
const y = 1;
const a = 2;
const b = 3;
const next = { advance: [4] };

async function contents(of: Program): Promise<number[]> {
  check(of);
  const backend = await open();
  const [x, y] = [backend.create("f64", 16), backend.create("f64", 16)];
  backend.write(
    x,
    Float64Array.from({ length: 16 }, (_, i) => i + 1),
  );
  (await backend.compile(of)).run([x, y]);
  return Array.from(await backend.read(y));
}
/** Does `b` take the place of `a`? Whether or not, the results are the same. */
async function shares(of: Program): Promise<boolean> {
  const laid = reuseInPlace(of);
  expect(await contents(laid)).toEqual(await contents(of));
  return laid !== of;
}

test("a map that reads a slot for the last time writes over it", async () => {
  expect(await shares(program(double(row(x), row(a)), double(row(a), row(b)), double(row(b), row(y))))).toBe(true);
});

test("what is read again later stays", async () => {
  expect(await shares(program(double(row(x), row(a)), double(row(a), row(b)), double(row(a), row(y)), double(row(b), row(y))))).toBe(false);
});

test("what the same map writes too stays", async () => {
  const both: Step = {
    kind: "map",
    shape: [4],
    body: twice,
    inputs: [row(a)],
    outputs: [
      { view: row(a), value: 0 },
      { view: row(b), value: 1 },
    ],
  };
  expect(await shares(program(double(row(x), row(a)), both, double(row(b), row(y))))).toBe(false);
});

test("a loop writes over each row as it reads it", async () => {
  const fill = scan(double(row(x, 1, next), row(a, 1, next)));
  expect(await shares(program(fill, scan(double(row(a, 1, next), row(b, 1, next))), scan(double(row(b, 1, next), row(y, 1, next)))))).toBe(
    true,
  );
  const back = { offset: 8, advance: [-4] };
  expect(await shares(program(fill, scan(double(row(a, 1, back), row(b, 1, back))), scan(double(row(b, 1, next), row(y, 1, next)))))).toBe(
    true,
  );
});

test("a row that a later iteration still reads stays", async () => {
  const fill = scan(double(row(x, 1, next), row(a, 1, next)), double(row(x, 1, next), row(a, 1, { offset: 4, advance: [4] })));
  const both: Step = {
    kind: "map",
    shape: [4],
    body: [
      { op: "load", input: 0 },
      { op: "load", input: 1 },
      { op: "add", x: 0, y: 1 },
    ],
    inputs: [row(a, 1, { offset: 4, advance: [4] }), row(a, 1, next)],
    outputs: [{ view: row(b, 1, { offset: 4, advance: [4] }), value: 2 }],
  };
  expect(await shares(program(fill, scan(both), scan(double(row(b, 1, { offset: 4, advance: [4] }), row(y, 1, next)))))).toBe(false);
});

test("a place that every iteration writes anew is written over only if no other iteration reads it", async () => {
  const carried = program(double(row(x), row(a)), scan(double(row(a, 1), row(b, 1)), double(row(b, 1), row(y, 1, next))));
  expect(await shares(carried)).toBe(false);
});
