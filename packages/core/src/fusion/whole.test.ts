// Whole numbers do not depend on what is fused: what an operation gives is stored before the next one computes with it.
import { expect, test } from "vitest";
import { cast, concat, constant, equal, maximum, minimum, notEqual, where, type HostArray, type Tensor } from "../index.ts";
import { open } from "../reference.ts";
import { kindsOf, programOf } from "../testing/programs.ts";
import { evaluate } from "../testing/running.ts";

const backend = await open();
const i32 = (...data: number[]): HostArray => ({ dtype: "i32", shape: [data.length], data: Int32Array.from(data) });
const most = 2 ** 31 - 1;

test("a result has the same numbers whether it is wanted or only computed with", async () => {
  const run = ({ x, y }: { x: Tensor; y: Tensor }) => ({
    a: x.add(0.5),
    b: x.add(0.5).mul(2),
    fold: x.add(0.5).max().mul(2),
    half: x.div(2).mul(2),
    sum: y.add(y).sub(y),
    product: y.mul(y).sub(y),
    turned: y.neg().sub(1).neg(),
    chosen: where(x, 0.5, x).mul(2),
    least: minimum(x, 0.5).mul(4),
    cast: cast(x.add(0.5), "f32").mul(2),
    through: cast(cast(x, "f32").add(0.5), "i32").mul(2),
    sums: concat([y.broadcastTo([2, 1]), y.neg().broadcastTo([2, 1])], 1)
      .sum(0)
      .sum(0),
    known: constant(3, [1], "i32").div(2).mul(2).add(y.mul(0)),
  });
  expect(await evaluate(backend, run, { x: i32(1, 3, -1), y: i32(most) })).toEqual({
    a: [1, 3, 0],
    b: [2, 6, 0],
    fold: [6],
    half: [0, 2, 0],
    sum: [0],
    product: [0],
    turned: [most],
    chosen: [0, 0, 0],
    least: [0, 0, -4],
    cast: [2, 6, 0],
    through: [2, 6, 0],
    sums: [-1], // 2³¹ − 1 and −2³¹
    known: [2],
  });
});

test("what is whole as it is stays in one kernel: choices, the larger and the smaller, comparisons", () => {
  const given = [
    { shape: [4], dtype: "i32" },
    { shape: [4], dtype: "i32" },
  ] as const;
  const kinds = (fn: (x: Tensor, y: Tensor) => Tensor) => kindsOf(programOf(fn as (...args: never[]) => unknown, given));
  expect(kinds((x, y) => where(minimum(maximum(x, y), 7), x, y))).toBe("map");
  expect(kinds((x, y) => where(equal(x, y), x, 0))).toBe("map");
  expect(kinds((x, y) => where(notEqual(x, y), x, 0))).toBe("map");
  expect(kinds((x, y) => maximum(x, y).max())).toBe("reduce");
  expect(kinds((x, y) => x.add(y).mul(2))).toBe("map map");
});
