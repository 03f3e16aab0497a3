import fc from "fast-check";
import { expect, test } from "vitest";
import { SluiceError } from "../errors.ts";
import { open } from "../reference.ts";
import { array, compile, constant, hostArray, type Tensor } from "../index.ts";

const backend = await open();
const any = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(NaN, Infinity, -Infinity, -0, 2 ** 31, -(2 ** 31), 1e39, 1e12, 1.5));

test("numbers either become an i32, or an f32 that is finite where they are, or are refused by place and value", () => {
  fc.assert(
    fc.property(fc.array(any, { minLength: 1 }), fc.constantFrom("i32" as const, "f32" as const), (values, dtype) => {
      const holds = (v: number): boolean => (dtype === "i32" ? (v | 0) === v : !Number.isFinite(v) || Number.isFinite(Math.fround(v)));
      const element = values.findIndex((v) => !holds(v));
      try {
        const { data } = hostArray(values, { dtype });
        expect(element).toBe(-1);
        expect([...data]).toEqual(values.map((v) => (dtype === "i32" ? v + 0 : Math.fround(v))));
      } catch (error) {
        if (!(error instanceof SluiceError)) throw error;
        expect(error).toMatchObject({ code: "DTYPE_MISMATCH", facts: { element, value: values[element] } });
      }
    }),
  );
});

test("1.5, 10¹² and NaN are no i32", () => {
  expect(() => array(backend, [[1, 1.5]], { dtype: "i32" })).toThrow(/values holds 1.5 at element 1, i32 holds whole numbers/);
  expect(() => array(backend, [1e12], { dtype: "i32" })).toThrow(expect.objectContaining({ code: "DTYPE_MISMATCH" }));
  expect(() => array(backend, Float64Array.of(NaN), { dtype: "i32" })).toThrow(expect.objectContaining({ code: "DTYPE_MISMATCH" }));
  expect(() => array(backend, [1e39])).toThrow(/values holds 1e\+39 at element 0, f32 ends at 3.4e38/);
  expect([...hostArray([Infinity, NaN]).data]).toEqual([Infinity, NaN]);
});

test("a constant of i32 is a whole number", async () => {
  const run = compile(backend, (x: Tensor) => x.add(constant(1.5, [], "i32")));
  await expect(run(Int32Array.of(1))).rejects.toMatchObject({ code: "DTYPE_MISMATCH", facts: { value: 1.5 } });
});
