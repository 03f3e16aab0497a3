import { random } from "@sluice/core";
import { expect, test } from "vitest";
import { permutation } from "./order.ts";
import { atOnce } from "../host/turns.ts";

test("an order drawn in pieces is core's permutation", () => {
  for (const n of [0, 1, 2, 1000, 2 ** 16, 2 ** 16 + 1, 2 ** 16 + 2, 200_000])
    expect(atOnce(permutation(random(7), n)), `${n}`).toEqual(random(7).permutation(n));
});

test("between two pieces at most 65,536 numbers are drawn", () => {
  const source = random(7);
  let most = 0;
  const counting = { ...source, uniform: (n: number) => ((most = Math.max(most, n)), source.uniform(n)) };
  expect([...permutation(counting, 200_000)]).toHaveLength(4);
  expect(most).toBe(2 ** 16);
});
