import { open } from "@sluice/core/reference";
import fc from "fast-check";
import { expect, test } from "vitest";
import { dense } from "../layers/dense.ts";
import { sequential } from "../models/sequential.ts";
import { sgd } from "../optimizers/sgd.ts";
import { column } from "./column.ts";
import { atOnce } from "../host/turns.ts";

const asked = { wanted: { dtype: "float" }, dtype: "f32", who: "trainer.fit", name: "x" } as const;
const anyRows = fc.array(fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 3, maxLength: 3 }), {
  minLength: 1,
  maxLength: 8,
});

test("a change of the caller's array is not seen where it was copied, and told by its row where it was not", () => {
  fc.assert(
    fc.property(anyRows, fc.nat(), fc.float({ noNaN: true }), (rows, at, value) => {
      const data = Float32Array.from(rows.flat());
      const before = data.slice();
      const array = { data, shape: [rows.length, 3], dtype: "f32" } as const;
      const later = column(array, data, rows.length, asked);
      const inPlace = atOnce(column(array, data, rows.length, asked, { most: 0 }));
      data[at % data.length] = value;
      const copied = atOnce(later);
      expect(copied.data).toEqual(before);
      expect(inPlace.data).toBe(data);
      rows.forEach((_, i) => {
        const [was, is] = [before.subarray(3 * i, 3 * i + 3), data.subarray(3 * i, 3 * i + 3)];
        const isSame = was.every((number, j) => Object.is(number, is[j]));
        const verify = () => inPlace.verify!(is, i);
        if (isSame) verify();
        else expect(verify).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT", facts: { name: "x", row: i } }));
      });
    }),
  );
});

test("what is no longer the caller's is neither copied nor watched", () => {
  const data = Float32Array.of(1, 2);
  expect(atOnce(column({ data, shape: [2, 1], dtype: "f32" }, [[1], [2]], 2, asked)).data).toBe(data);
});

test("an array that is transferred while it is checked is refused", () => {
  const data = new Float32Array(2 ** 18);
  const work = column({ data, shape: [4, 2 ** 16], dtype: "f32" }, data, 4, asked, { most: 0 });
  work.next();
  work.next();
  structuredClone(data.buffer, { transfer: [data.buffer] });
  expect(() => atOnce(work)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT", facts: { name: "x", row: 1 } }));
});

test("targets and options that change while fit runs change nothing", async () => {
  const backend = await open();
  const losses = async (spoil: boolean) => {
    const trainer = await sequential([dense({ units: 1 })]).compile({ backend, optimizer: sgd(), loss: "mse" });
    const data = { x: Float32Array.of(1, 2, 3, 4), y: Float32Array.of(1, 2, 3, 4), sampleWeight: Float32Array.of(1, 2, 1, 2) };
    const shaped = { ...data, x: { dtype: "f32", shape: [4, 1], data: data.x } } as const;
    const options = { epochs: 3, batchSize: 2 };
    const fitting = trainer.fit(shaped, options);
    if (spoil) {
      for (const array of Object.values(data)) array.fill(0);
      options.epochs = 1;
    }
    return (await fitting).epochs.map(({ loss }) => loss);
  };
  expect(await losses(true)).toEqual(await losses(false));
  await backend.close();
});
