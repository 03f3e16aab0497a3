import fc from "fast-check";
import { expect, test } from "vitest";
import { open } from "../reference.ts";
import { compile, constant, gradient, type NDArray, pow, type Tensor } from "../index.ts";
import { wrongSlopes } from "../testing/slopes.ts";

const backend = await open();
const exponents = [0, 1, 2, 3, 7, 64, 65, -1, -2, 0.5, -0.5, 1 / 3, 2.5, -1.5];
const bases = fc.oneof(fc.constantFrom(0, 1, -1, Infinity, NaN), fc.double({ min: -20, max: 20, noNaN: true }));

/** NaN and infinities alike, else within some ulp; `−∞` to no whole power is NaN here. */
function near(got: number, x: number, y: number): void {
  const wanted = x === -Infinity && !Number.isInteger(y) ? NaN : x ** y;
  if (Number.isFinite(wanted))
    expect(Math.abs(got - wanted)).toBeLessThanOrEqual(
      (64 + 4 * Math.abs(y * (Number.isFinite(x) ? Math.log(Math.abs(x) || 1) : 0))) * 2 ** -52 * Math.abs(wanted) + 1e-300,
    );
  else expect(got).toBe(wanted);
}

test("powers are what C says, of whole exponents and others, given as numbers and as tensors", async () => {
  const byNumber = compile(backend, (x: Tensor) => Object.fromEntries(exponents.map((y, i) => [`y${i}`, pow(x, y)])), { cacheSize: 40 });
  const byTensor = compile(backend, (x: Tensor, y: Tensor) => pow(x, y), { cacheSize: 40 });
  await fc.assert(
    fc.asyncProperty(fc.array(bases, { minLength: 1, maxLength: 20 }), fc.constantFrom(...exponents), async (xs, y) => {
      const results = (await byNumber(Float64Array.from(xs))) as Record<string, NDArray>;
      const [one, other] = [
        await results[`y${exponents.indexOf(y)}`]!.read(),
        await (
          await byTensor(
            Float64Array.from(xs),
            Float64Array.from(xs, () => y),
          )
        ).read(),
      ];
      xs.forEach((x, i) => {
        near(one[i]!, x, y);
        near(other[i]!, x, y);
      });
    }),
    { numRuns: 60 },
  );
});

test("a number to the power of a tensor", async () => {
  const { data } = { data: await (await compile(backend, (y: Tensor) => pow(2, y))([0, 1, -1, 0.5, 10, -Infinity, NaN])).read() };
  [1, 2, 0.5, Math.SQRT2, 1024, 0, NaN].forEach((wanted, i) =>
    expect(Math.abs(data[i]! / wanted - 1) < 1e-6 || Object.is(data[i], wanted)).toBe(true),
  );
});

test("gradients are what finite differences say, of base and exponent", async () => {
  const at = {
    x: { dtype: "f64", shape: [5], data: Float64Array.of(0.3, 1.7, 2.2, 0.9, 4) },
    y: { dtype: "f64", shape: [5], data: Float64Array.of(2, -1.3, 0, 0.5, 3) },
  } as const;
  type Inputs = { readonly x: Tensor; readonly y: Tensor };
  expect(await wrongSlopes(backend, ({ x, y }: Inputs) => pow(x, y).sum(), at)).toEqual([]);
  for (const y of exponents.filter((e) => e < 60))
    expect(await wrongSlopes(backend, ({ x }: Inputs) => pow(x.sub(y % 1 === 0 ? 1.1 : 0), y).sum(), at)).toEqual([]);
});

test("slopes at 0 are those that there are", async () => {
  const by = async (y: number): Promise<number[]> => {
    const both = compile(backend, (x: Tensor, e: Tensor) => ({
      number: gradient(pow(x, y).sum(), x),
      tensor: gradient(pow(x, e).sum(), { x, e }),
    }));
    const { number, tensor } = await both(Float64Array.of(0), Float64Array.of(y));
    return [(await number.read())[0]!, (await tensor.x.read())[0]!, (await tensor.e.read())[0]!];
  };
  expect(await by(2)).toEqual([0, 0, 0]);
  expect(await by(1)).toEqual([1, 1, 0]);
  expect(await by(0)).toEqual([0, 0, 0]);
  expect(await by(2.5)).toEqual([0, 0, 0]);
  expect((await by(0.5)).slice(0, 2)).toEqual([Infinity, Infinity]);
});

test("two numbers make no tensor", () => {
  expect(() => pow(2, 3)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT", who: "pow" }));
  expect(pow(constant(2, [3]), 0).shape).toEqual([3]);
});

test("of whole numbers it is a product, and refused where it would be none", async () => {
  const run = compile(backend, (x: Tensor) => pow(x, 3));
  expect([...(await (await run(Int32Array.of(2, -3, 0))).read())]).toEqual([8, -27, 0]);
  const whole = constant(2, [1], "i32");
  for (const attempt of [() => pow(whole, -1), () => pow(whole, 0.5), () => pow(3, whole), () => pow(whole, whole)])
    expect(attempt).toThrow(expect.objectContaining({ code: "DTYPE_MISMATCH" }));
});

test.each([-1, -2, -3, -4])("the slope of x^%i at 0 is infinite, no NaN", async (y) => {
  const run = compile(backend, (x: Tensor) => gradient(pow(x, y).sum(), x));
  expect((await (await run(Float64Array.of(0))).read())[0]).toBe(-Infinity);
});

test("0 to the power of infinity is 0", async () => {
  const run = compile(backend, (x: Tensor, y: Tensor) => pow(x, y));
  expect((await (await run(Float64Array.of(0), Float64Array.of(Infinity))).read())[0]).toBe(0);
});
