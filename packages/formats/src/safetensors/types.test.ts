import fc from "fast-check";
import { expect, test } from "vitest";
import { fixtureBytes } from "../testing/fixtures.ts";
import { openSafetensors } from "./file.ts";
import { bf16, f16, narrowed, widened } from "../floats/narrow.ts";
import { writeSafetensors } from "./write.ts";

type Number = number | string;
interface Types {
  readonly tensors: Readonly<Record<string, { readonly shape: readonly number[]; readonly data: readonly Number[] }>>;
  readonly narrowing: Readonly<Record<"from" | "f16" | "bf16", readonly Number[]>>;
}
const types = JSON.parse(new TextDecoder().decode(fixtureBytes("safetensors/types.json"))) as Types; // as the file is
const numbers = (list: readonly Number[]): number[] =>
  list.map((each) => (each === "inf" ? Infinity : each === "-inf" ? -Infinity : Number(each)));

test("each type of PyTorch is read as it is, or widened without loss", async () => {
  const file = await openSafetensors(fixtureBytes("safetensors/types.safetensors"));
  expect(file.metadata).toEqual({ format: "pt" });
  expect(file.names.toSorted()).toEqual(Object.keys(types.tensors).toSorted());
  for (const [name, { shape, data }] of Object.entries(types.tensors)) {
    const read = await file.read(name);
    expect(read.shape, `${name}`).toEqual(shape);
    expect([...read.data], `${name}`).toEqual(name === "f64" ? [...Float64Array.from(numbers(data))] : numbers(data));
    expect(read.dtype, `${name}`).toBe(name === "f64" ? "f64" : /^b?f\d/.test(name) ? "f32" : name === "empty" ? "f32" : "i32");
    expect(file.tensors[name]).toEqual({ shape, type: expect.any(String), bytes: (await file.readBytes(name)).length });
  }
});

test("narrowing rounds as PyTorch does", () => {
  const from = numbers(types.narrowing.from);
  expect(from.map((x) => widened(narrowed(x, f16), f16))).toEqual(numbers(types.narrowing.f16));
  expect(from.map((x) => widened(narrowed(x, bf16), bf16))).toEqual(numbers(types.narrowing.bf16));
});

test("a code that is widened and narrowed again is the same code, and what lies between two goes to the nearer, of two equally near to the even one", () => {
  const wrong: string[] = [];
  const is = (found: number, wanted: number, what: string): void =>
    void (found !== wanted && wrong.push(`${what}: ${found}, not ${wanted}`));
  for (const narrow of [f16, bf16])
    for (let code = 0; code < 2 ** 16; code++) {
      const x = widened(code, narrow),
        middle = (x + widened(code + 1, narrow)) / 2;
      if (!Number.isNaN(x)) is(narrowed(x, narrow), code, "itself");
      if (!Number.isFinite(middle) || x === 0) continue;
      is(narrowed(middle, narrow), code + (code % 2), "to even");
      is(narrowed(middle * (1 + 2 ** -50), narrow), code + 1, "beyond the middle");
    }
  expect(wrong).toEqual([]);
  expect(Number.isNaN(widened(narrowed(NaN, f16), f16))).toBe(true);
});

const anyShape = fc.array(fc.nat({ max: 3 }), { maxLength: 3 });
const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
const anyArray = anyShape.chain((shape) => {
  const exactly = { minLength: size(shape), maxLength: size(shape) };
  return fc.oneof(
    fc.float32Array(exactly).map((data) => ({ dtype: "f32" as const, shape, data })),
    fc.float64Array(exactly).map((data) => ({ dtype: "f64" as const, shape, data })),
    fc.int32Array(exactly).map((data) => ({ dtype: "i32" as const, shape, data })),
  );
});
const anyName = fc.oneof(fc.string(), fc.constant("__proto__"), fc.constant("\u{1f600}/é\ufeff")).filter((name) => name !== "__metadata__");

test("what is written is read again, bit for bit, by ranges too", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(anyName, anyArray, { maxKeys: 5, noNullPrototype: true }),
      fc.dictionary(fc.string(), fc.string()),
      async (tensors, texts) => {
        const metadata = { ...texts };
        const bytes = writeSafetensors(tensors, { metadata });
        const ranges = { length: bytes.length, read: async (from: number, to: number) => bytes.slice(from, to) };
        for (const source of [bytes, ranges]) {
          const file = await openSafetensors(source);
          expect(file.metadata).toEqual(metadata);
          expect(await file.readAll()).toEqual(tensors);
        }
      },
    ),
  );
});

test("with fewer bits arrays come back as what is nearest, whole numbers as they are, and what is too large is refused", async () => {
  const w = { dtype: "f32", shape: [3], data: Float32Array.of(1.0001, -65504, 2 ** -30) } as const;
  const n = { dtype: "i32", shape: [], data: Int32Array.of(7) } as const;
  for (const [dtype, narrow] of Object.entries({ f16, bf16 })) {
    const file = await openSafetensors(writeSafetensors({ n, w }, { dtype: dtype as "f16" | "bf16" })); // as they are
    expect(file.tensors["w"]?.type).toBe(dtype.toUpperCase());
    expect([...(await file.read("w")).data]).toEqual([...w.data].map((x) => widened(narrowed(x, narrow), narrow)));
    expect(await file.read("n")).toEqual(n);
  }
  const large = { w: { ...w, data: Float32Array.of(1, 65520, 1) } };
  expect(() => writeSafetensors(large, { dtype: "f16" })).toThrow(
    expect.objectContaining({ code: "NOT_FINITE", facts: { name: "w", index: 1 } }),
  );
  expect(writeSafetensors(large, { dtype: "bf16" }).length).toBeGreaterThan(0);
});

test("what is no record of arrays is refused, a promise of one by name", () => {
  const arrays = Promise.resolve({});
  for (const given of [arrays, new ArrayBuffer(0), [], null])
    expect(() => writeSafetensors(given as never)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
  expect(() => writeSafetensors(arrays as never)).toThrow("await it");
});
