import { expect, test } from "vitest";
import { concat, literal, rotary, sinusoidalPositions, slice, type RotaryOptions, type Tensor } from "../index.ts";
import { open } from "../reference.ts";
import { f64, misses, normal } from "../testing/numbers.ts";
import { evaluate } from "../testing/running.ts";
import { wrongSlopes } from "../testing/slopes.ts";

const backend = await open();
const turn = (options?: RotaryOptions) => (x: Tensor) => rotary(x, options);

test("sinusoidal positions are sines in even columns and cosines in odd ones, with an odd size as well", async () => {
  const { "": got } = await evaluate(backend, () => sinusoidalPositions(3, 5, "f64"), []);
  const at = (t: number, frequency: number): [number, number] => [Math.sin(t * frequency), Math.cos(t * frequency)];
  const rows = [0, 1, 2].flatMap((t) => [...at(t, 1), ...at(t, 10000 ** -0.4), Math.sin(t * 10000 ** -0.8)]);
  expect(misses({ "": got! }, { "": rows }, 1e-15)).toEqual([]);
});

test("rotation turns each pair by its own angle per step: halves, or neighbours where interleaved", async () => {
  const x = f64([1, 2, 3, 4], 1, 4),
    [c, s] = [Math.cos, Math.sin];
  const turned = (a: number, b: number, angle: number) => [a * c(angle) - b * s(angle), b * c(angle) + a * s(angle)] as const;
  const [[a0, b0], [a1, b1]] = [turned(1, 3, 5), turned(2, 4, 0.05)];
  expect(misses(await evaluate(backend, turn({ offset: 5 }), x), { "": [a0, a1, b0, b1] })).toEqual([]);
  expect(
    misses(await evaluate(backend, turn({ offset: 5, interleaved: true, base: 100 }), x), {
      "": [...turned(1, 2, 5), ...turned(3, 4, 0.5)],
    }),
  ).toEqual([]);
});

test("products of turned queries and keys depend on their distance alone", async () => {
  const q = normal("q", 1, 6),
    k = normal("k", 1, 6);
  const product = (i: number, j: number) =>
    evaluate(
      backend,
      ({ q: a, k: b }: { q: Tensor; k: Tensor }) =>
        rotary(a, { offset: i })
          .mul(rotary(b, { offset: j }))
          .sum(),
      { q, k },
    );
  expect(misses(await product(7, 4), await product(3, 0))).toEqual([]);
  expect(misses(await product(2, 5), await product(0, 3))).toEqual([]);
});

test("the first position is left as it is, and lengths are kept at all of them", async () => {
  const x = normal("x", 2, 3, 4);
  const { first, before, after } = await evaluate(
    backend,
    (t: Tensor) => ({ first: rotary(t).at(1, 0).sub(t.at(1, 0)), before: t.mul(t).sum(-1), after: rotary(t).mul(rotary(t)).sum(-1) }),
    x,
  );
  expect(first).toEqual(Array.from({ length: 8 }, () => 0));
  expect(misses({ after: after! }, { after: before! })).toEqual([]);
});

test("the gradient of a rotation is what finite differences say", async () => {
  const loss = (options: RotaryOptions) => (x: Tensor) =>
    rotary(x, options)
      .mul(rotary(x, { ...options, offset: 3 }))
      .sum();
  const perRow: RotaryOptions = { offset: literal(Int32Array.of(2, 0)), length: 5 };
  expect(
    await wrongSlopes(backend, ((x: Tensor) => rotary(x, perRow).mul(rotary(x)).sum()) as (at: never) => Tensor, normal("x", 2, 3, 4)),
  ).toEqual([]);
  for (const interleaved of [false, true])
    expect(await wrongSlopes(backend, loss({ interleaved }) as (at: never) => Tensor, normal("x", 2, 3, 4))).toEqual([]);
});

test("an offset for each row turns it as that number turns it alone, and positions that there are not turn to NaN", async () => {
  const x = normal("x", 3, 2, 4, 6); // heads between rows and steps
  for (const options of [{}, { interleaved: true, base: 30 }]) {
    const turned = (offsets: readonly number[]) =>
      evaluate(backend, (t: Tensor) => rotary(t, { ...options, offset: literal(Int32Array.from(offsets)), length: 9 }), x);
    const alone = await evaluate(
      backend,
      (t: Tensor) =>
        concat(
          [0, 2, 5].map((offset, row) => rotary(slice(t, 0, row, row + 1), { ...options, offset })),
          0,
        ),
      x,
    );
    expect(await turned([0, 2, 5])).toEqual(alone);
    const { "": beyond } = await turned([0, -1, 6]);
    const lost = Array.from({ length: 24 }, (_, i) => beyond!.slice(i * 6, (i + 1) * 6).some(Number.isNaN));
    expect(lost.flatMap((is, i) => (is ? [i] : []))).toEqual([8, 12, 19, 23]); // step 0 of row 1, step 3 of row 2, in both heads
  }
});
