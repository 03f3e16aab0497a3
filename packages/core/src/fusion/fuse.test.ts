import { expect, test } from "vitest";
import { argmax, broadcastTo, compile, exp, gradient, hostArray, iota, less, max, sum, tanh, where, type Tensor } from "../index.ts";
import { open } from "../reference.ts";
import { f32, kindsOf, programOf, scratchOf } from "../testing/programs.ts";

test("what is cheap to make of what is in memory is made in every kernel that wants it, and stored in none", () => {
  const masked = (x: Tensor): Tensor => {
    const seen = where(less(broadcastTo(iota(8, "f32"), x.shape), 5), x.mul(0.5), -1);
    return exp(seen.sub(max(seen, 1, { keepDims: true })));
  };
  const program = programOf(masked, [f32(4, 8)]);
  expect([kindsOf(program), scratchOf(program)]).toEqual(["reduce map", [4]]);
});

test("what is costly to make, or is made of two large values of short life, is stored", () => {
  const shifted = (make: (x: Tensor, w: Tensor) => Tensor) => (x: Tensor, w: Tensor) => {
    const made = make(x, w);
    return made.sub(max(made, 1, { keepDims: true }));
  };
  const kinds = (make: (x: Tensor, w: Tensor) => Tensor) => kindsOf(programOf(shifted(make), [f32(4, 8), f32(8, 8)], { inPlace: false }));
  expect(kinds((x) => tanh(x))).toBe("map reduce map");
  expect(kinds((x, w) => x.dot(w).mul(x.dot(w.transpose())))).toBe("matmul matmul map reduce map");
  expect(kinds((x, w) => x.dot(w).mul(x))).toBe("matmul reduce map"); // x is bound: it lives anyway
});

test("what is compared with its own maximum is compared with the bits that were folded", async () => {
  const x = Float32Array.from({ length: 300 }, (_, i) => Math.fround(Math.sin(i) / 3)),
    run = compile(await open(), (a: Tensor, b: Tensor) => ({ first: argmax(a.mul(b)), d: gradient(max(a.mul(b), 1).sum(), a) }));
  const { first, d } = await run(hostArray(x, { shape: [100, 3] }), [0.1, 0.7, 0.3]);
  expect([...(await first.read())].every((i) => i >= 0 && i < 3)).toBe(true);
  expect([...(await d.read())].every(Number.isFinite)).toBe(true);
});

test("maps that read the same value are one, if they fit", () => {
  const both = (x: Tensor) => ({ twice: x.mul(2), more: x.add(1) });
  expect(kindsOf(programOf(both, [f32(4)]))).toBe("map");
  expect(kindsOf(programOf(both, [f32(4)], { bindings: 2 }))).toBe("map map");
  expect(kindsOf(programOf((x: Tensor, y: Tensor) => ({ twice: x.mul(2), more: y.add(1) }), [f32(4), f32(4)]))).toBe("map map");
});

test("the two halves of a pair are written side by side by one map, forward and back", () => {
  const swapped = (x: Tensor): Tensor => {
    const pairs = x.reshape([2, 3, 2]);
    const [a, b] = [pairs.at(-1, 0), pairs.at(-1, 1)];
    return exp(a).expand(-1).reshape([2, 3]).add(b).mul(a);
  };
  expect(kindsOf(programOf((x: Tensor, d: Tensor) => gradient(swapped(x), x, d), [f32(2, 6), f32(2, 3)]))).toBe("map");
});

test("results and gradients under other shapes, or with axes in another order, are written where they go", () => {
  const heads = (x: Tensor, w: Tensor): Tensor => x.dot(w).reshape([2, 5, 3, 4]).transpose([0, 2, 1, 3]);
  const forward = programOf((x: Tensor, w: Tensor) => x.dot(w), [f32(2, 5, 7), f32(7, 12)]),
    backward = programOf(
      (x: Tensor, w: Tensor, d: Tensor) => gradient(heads(x, w), { x, w }, d),
      [f32(2, 5, 7), f32(7, 12), f32(2, 3, 5, 4)],
    );
  expect(kindsOf(forward)).toBe("matmul");
  expect(kindsOf(backward)).toBe("map matmul matmul"); // the upstream gradient is copied once: rows and heads do not merge
  expect(scratchOf(backward)).toEqual([120]);
});

test("sums are written by the kernel that takes them of what it computes", () => {
  expect(kindsOf(programOf((x: Tensor) => sum(tanh(x).mul(2), 0), [f32(4, 8)]))).toBe("reduce");
});
