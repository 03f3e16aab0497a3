import fc from "fast-check";
import { expect, test } from "vitest";
import { open } from "../reference.ts";
import { cast, compile, constant, expm1, gradient, log1p, relu, softplus, type Tensor, where } from "../index.ts";

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
