import { expect, test } from "vitest";
import { open } from "../reference.ts";
import { constant, matmul, type Tensor } from "../index.ts";
import { normal } from "../testing/numbers.ts";
import { evaluate } from "../testing/running.ts";
import { wrongSlopes } from "../testing/slopes.ts";

const backend = await open();
type Operands = { readonly a: Tensor; readonly b: Tensor };

test.each([
  [[3], [3], []],
  [[3], [3, 4], [4]],
  [[2, 3], [3], [2]],
  [[3], [5, 3, 4], [5, 4]],
  [[5, 2, 3], [3], [5, 2]],
  [[1], [1], []],
])("matmul of %j and %j is %j, as in numpy", async (a, b, shape) => {
  const at = { a: normal(1, ...a), b: normal(2, ...b) };
  const { y } = await evaluate(backend, ({ a, b }: Operands) => ({ y: matmul(a, b) }), at);
  const [rows, columns] = [shape, shape.length === 0 ? [1] : shape] as const;
  const k = a.at(-1)!,
    n = b.length === 1 ? 1 : b.at(-1)!,
    m = a.length === 1 ? 1 : a.at(-2)!;
  const stacks = columns.reduce((x, y) => x * y, 1) / (m * n);
  const wanted = Array.from({ length: stacks * m * n }, (_, at_) => {
    const [s, i, j] = [Math.floor(at_ / (m * n)), Math.floor(at_ / n) % m, at_ % n];
    const [ofA, ofB] = [a.length > 2 ? s * m * k : 0, b.length > 2 ? s * k * n : 0];
    return Array.from({ length: k }, (_, l) => at.a.data[ofA + i * k + l]! * at.b.data[ofB + l * n + j]!).reduce((x, y) => x + y, 0);
  });
  expect(y).toHaveLength(wanted.length);
  wanted.forEach((value, i) => expect(y![i]).toBeCloseTo(value, 12));
  expect(matmul(constant(1, a), constant(1, b)).shape).toEqual(rows);
  expect(await wrongSlopes(backend, ({ a, b }: Operands) => matmul(a, b).mul(matmul(a, b)).sum(), at)).toEqual([]);
});

test("scalars are refused, and inner sizes that differ", () => {
  expect(() => matmul(constant(1, []), constant(1, [2]))).toThrow(expect.objectContaining({ code: "SHAPE_MISMATCH" }));
  expect(() => matmul(constant(1, [3]), constant(1, [2]))).toThrow(/matmul needs equal inner sizes/);
  expect(() => matmul(constant(1, [3]), constant(1, [2, 3]))).toThrow(/matmul needs equal inner sizes/);
});
