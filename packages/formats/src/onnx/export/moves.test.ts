import * as core from "@sluice/core";
import type { Tensor } from "@sluice/core";
import { open } from "@sluice/cpu";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { agrees, kept } from "./testing/agrees.ts";
import { exportedFunction, floats } from "./testing/running.ts";

const backend = await open();
afterAll(() => backend.close());
const runs = kept ? 500 : 40;

type Tensors = Readonly<Record<"x", Tensor>>;

/** Ways to look at a tensor, to lay it beside itself, and to take it apart: each by three numbers. */
const moves: readonly ((x: Tensor, i: number, j: number, k: number) => Tensor)[] = [
  (x, i) => core.flip(x, i % x.rank),
  (x, i, j) => swapped(x, i % x.rank, j % x.rank),
  (x, i, j, k) => cut(x, i % x.rank, j, k),
  (x, i) => (x.shape[i % x.rank]! % 2 === 0 ? halved(x, i % x.rank) : x),
  (x, i) => (x.rank > 1 ? merged(x, i % (x.rank - 1)) : x),
  (x, i) => (x.rank < 5 ? x.expand(i % (x.rank + 1)) : x),
  (x, i, j) => core.broadcastTo(x, x.shape.map((n, axis) => (n === 1 && axis === i % x.rank ? 1 + (j % 3) : n))), // prettier-ignore
  (x, i, j, k) => core.pad(x, x.shape.map((_, axis) => (axis === i % x.rank ? [j % 3, k % 2] : [0, 0]))), // prettier-ignore
  (x, i) => core.concat([x, core.flip(x, i % x.rank)], i % x.rank),
  (x, i) => (x.rank < 5 ? core.stack([x, x.mul(2)], i % (x.rank + 1)) : x),
  (x, i) => core.sum(x, i % x.rank, { keepDims: true }),
  (x, i, j) => (x.rank === 3 ? core.maxPool1d(x, { size: 1 + (i % 3), stride: 1 + (j % 2), padding: "same" }) : x),
  (x) => x.mul(1.5).add(1),
];

function swapped(x: Tensor, a: number, b: number): Tensor {
  const order = x.shape.map((_, axis) => axis);
  return core.transpose(x, order.with(a, b).with(b, a));
}
function cut(x: Tensor, axis: number, j: number, k: number): Tensor {
  const n = x.shape[axis]!,
    start = j % n;
  return core.slice(x, axis, start, start + 1 + (k % (n - start)));
}
function halved(x: Tensor, axis: number): Tensor {
  return x.reshape(x.shape.toSpliced(axis, 1, x.shape[axis]! / 2, 2));
}
function merged(x: Tensor, axis: number): Tensor {
  return x.reshape(x.shape.toSpliced(axis, 2, x.shape[axis]! * x.shape[axis + 1]!));
}

test("random moves are the same numbers again", async () => {
  let n = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(1000), fc.nat(100), fc.nat(100), fc.nat(100)), { minLength: 1, maxLength: 9 }),
      async (list) => {
        const name = `moves-${n++}`;
        let at = 0;
        const fn = (_: unknown, { x }: Tensors) =>
          list.reduce((y, [operation, i, j, k]) => (y.size > 2000 || y.rank === 0 ? y : moves[operation % moves.length]!(y, i, j, k)), x); // one of them
        await agrees(
          name,
          await exportedFunction({ name, fn, weights: {}, inputs: { x: floats([2, 4, 3], () => at++) } }, backend),
          backend,
        );
      },
    ),
    { numRuns: runs },
  );
  expect(n).toBeGreaterThanOrEqual(runs);
});
