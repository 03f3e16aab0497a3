import fc from "fast-check";
import { expect, test } from "vitest";
import { open } from "../reference.ts";
import {
  cast,
  ceil,
  compile,
  constant,
  cos,
  erf,
  expm1,
  floor,
  gradient,
  log1p,
  relu,
  round,
  sin,
  softplus,
  type Tensor,
  where,
} from "../index.ts";
import { wrongSlopes } from "../testing/slopes.ts";

const backend = await open();

test("softplus is log(1 + eˣ) to the last digits everywhere, and its gradient sigmoid(x)", async () => {
  const both = compile(backend, (x: Tensor) => ({ y: softplus(x), dx: gradient(softplus(x).sum(), x) }));
  const near = (got: number, want: number): void =>
    expect(got === want || Math.abs(got - want) <= 8 * 2 ** -52 * Math.abs(want) + 1e-323).toBe(true); // ∞ − ∞ is NaN
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(fc.double({ min: -800, max: 800, noNaN: true }), fc.double({ noNaN: true })), { minLength: 1 }),
      async (xs) => {
        const { y, dx } = await both(Float64Array.from(xs));
        const [ys, slopes] = [await y.read(), await dx.read()];
        xs.forEach((x, i) => {
          near(ys[i]!, x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x)));
          near(slopes[i]!, x > 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));
        });
      },
    ),
  );
});

test("softplus keeps its digits in f32, reaches ∞ and 0 at the infinities, and NaN stays", async () => {
  const run = compile(backend, softplus);
  const xs = [-17, -10, -80, Infinity, -Infinity, NaN];
  const want = [Math.log1p(Math.exp(-17)), Math.log1p(Math.exp(-10)), Math.log1p(Math.exp(-80)), Infinity, 0, NaN];
  const got = await (await run(xs)).read();
  want.forEach((value, i) => expect(Math.abs(got[i]! - value) <= 2e-7 * Math.abs(value) || Object.is(got[i], value)).toBe(true));
});

test("log1p and expm1 are each other's inverse where 1 + x is 1", async () => {
  const run = compile(backend, (x: Tensor) => ({ log: log1p(x), exp: expm1(x), back: log1p(expm1(x)) }));
  const { log, exp, back } = await run(Float64Array.of(1e-20, -1e-20, 0.5));
  expect([...(await log.read())].slice(0, 2)).toEqual([1e-20, -1e-20]);
  expect([...(await exp.read())].slice(0, 2)).toEqual([1e-20, -1e-20]);
  expect((await back.read())[2]).toBeCloseTo(0.5, 15);
});

test("the gradient of expm1 keeps its digits far below 0", async () => {
  const run = compile(backend, (x: Tensor) => gradient(expm1(x).sum(), x));
  expect((await (await run(Float64Array.of(-50))).read())[0]).toBe(Math.exp(-50));
});

test("relu of −0 is 0", async () => {
  expect([...(await (await compile(backend, relu)([-0, 0, -1, NaN])).read())]).toEqual([0, 0, 0, NaN]);
});

test("a cast to i32 loses the fraction, makes 0 of NaN and ends at 32 bits, of constants as well", async () => {
  const [given, wanted] = [
    [1.5, -1.5, NaN, 1e12, -1e12, Infinity],
    [1, -1, 0, 2 ** 31 - 1, -(2 ** 31), 2 ** 31 - 1],
  ];
  expect([...(await (await compile(backend, (x: Tensor) => cast(x, "i32"))(given)).read())]).toEqual(wanted);
  const halves = compile(backend, (x: Tensor) => x.add(cast(constant(1.5), "i32").mul(2)));
  expect([...(await (await halves(Int32Array.of(0))).read())]).toEqual([2]);
});

test("where and its like say which operand to cast to what, and that can be done", () => {
  const [test, x] = [constant(1, [3], "i32"), constant(2, [2, 3])];
  expect(() => where(test, x, 0)).toThrow(
    'where needs equal dtypes: tensor [3] is i32, tensor [2, 3] is f32. Write cast(…, "f32") around tensor [3]',
  );
  expect(() => x.add(test)).toThrow('Write cast(…, "f32") around tensor [3]');
  expect(where(cast(test, "f32"), x, 0).shape).toEqual([2, 3]);
});

// By mpmath 1.3 in 200 bits.
const erfs = [
  [0.1, 0.1124629160182849],
  [0.5, 0.5204998778130465],
  [0.9, 0.7969082124228322],
  [1, 0.8427007929497149],
  [1.2, 0.9103139782296353],
  [1.5, 0.9661051464753108],
  [2, 0.9953222650189527],
  [3, 0.9999779095030014],
  [5, 0.9999999999984626],
] as const;
const angles = [
  [0.5, 0.479425538604203, 0.8775825618903728],
  [2, 0.9092974268256817, -0.4161468365471424],
  [22, -0.008851309290403876, -0.9999608263946371],
  [355, -3.014435335948845e-5, -0.999999999545659],
  [-710, -6.0288706691585265e-5, 0.999999998182636],
  [9999.5, 0.18828574191134848, -0.9821142903923622],
] as const;

test("sin, cos and erf have their published values, in f32 as well", async () => {
  const run = compile(backend, (x: Tensor) => ({ sin: sin(x), cos: cos(x), erf: erf(x) }), { cacheSize: 8 });
  for (const [Values, ulp] of [
    [Float64Array, 2 ** -52],
    [Float32Array, 2 ** -23],
  ] as const) {
    const near = (got: ArrayLike<number>, want: readonly number[]): void =>
      want.forEach((value, i) => expect(Math.abs(got[i]! / value - 1)).toBeLessThan(4 * ulp));
    near(
      await (await run(Values.from(erfs.map(([x]) => (Values === Float32Array ? Math.fround(x) : x))))).erf.read(),
      erfs.map(([x, y]) => y + (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * (Values.of(x)[0]! - x)),
    );
    const turned = await run(Values.from(angles.map(([x]) => x)));
    near(
      await turned.sin.read(),
      angles.map(([, y]) => y),
    );
    near(
      await turned.cos.read(),
      angles.map(([, , y]) => y),
    );
  }
});

test("erf reaches ±1 at ±∞, sin and cos are NaN there, and NaN stays", async () => {
  const { e, s, c } = await compile(backend, (x: Tensor) => ({ e: erf(x), s: sin(x), c: cos(x) }))(
    Float64Array.of(Infinity, -Infinity, NaN, -0),
  );
  expect([...(await e.read())]).toEqual([1, -1, NaN, -0]);
  expect([...(await s.read())]).toEqual([NaN, NaN, NaN, -0]);
  expect([...(await c.read())]).toEqual([NaN, NaN, NaN, 1]);
});

test("the gradients of sin, cos and erf are what finite differences say", async () => {
  const at = { dtype: "f64", data: Float64Array.of(-2, -0.7, 0, 0.3, 1.1, 2.6, 30), shape: [7] } as const;
  const loss = ({ x }: { x: Tensor }): Tensor =>
    sin(x)
      .mul(2)
      .add(cos(x.mul(1.5)))
      .add(erf(x))
      .mul(x)
      .sum();
  expect(await wrongSlopes(backend, loss, { x: at })).toEqual([]);
});

test("floor, ceil and round are whole, halves go to the even number, and none has a slope", async () => {
  const run = compile(backend, (x: Tensor) => ({
    floor: floor(x),
    ceil: ceil(x),
    round: round(x),
    slope: gradient(floor(x).add(ceil(x)).add(round(x)).sum(), x),
  }));
  const check = async (xs: Float64Array | Float32Array): Promise<void> => {
    const got = await run(xs);
    const even = (x: number): number => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x)) + 0;
    const plain = (values: ArrayLike<number>): number[] => Array.from(values, (v) => v + 0); // either zero
    expect(plain(await got.floor.read())).toEqual(Array.from(xs, (x) => Math.floor(x) + 0));
    expect(plain(await got.ceil.read())).toEqual(Array.from(xs, (x) => Math.ceil(x) + 0));
    expect(plain(await got.round.read())).toEqual(Array.from(xs, even));
    expect([...(await got.slope.read())]).toEqual(Array.from(xs, () => 0));
  };
  await check(
    Float64Array.of(-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 0.49999999999999994, -0.49999999999999994, 2 ** 52 - 0.5, Infinity, -Infinity, NaN),
  );
  await check(Float32Array.of(-2.5, -0.5, 0.5, 1.5, 0.49999997, -0.49999997, 8388607.5, 1e30));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 20 }), (xs) =>
      check(Float64Array.from(xs)),
    ),
    { numRuns: 30 },
  );
});
