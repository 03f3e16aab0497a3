import { expect, test } from "vitest";
import { open } from "../reference.ts";
import { compile, oneHot, type Tensor } from "../index.ts";

const backend = await open();

test("the classes of oneHot are the axis named of the result, and an index outside gives zeros", async () => {
  const run = compile(backend, (x: Tensor) => ({ last: oneHot(x, 3), first: oneHot(x, 3, "f32", 0), middle: oneHot(x, 3, "i32", 1) }));
  const { last, first, middle } = await run(Int32Array.of(2, 0));
  expect([...(await last.read())]).toEqual([0, 0, 1, 1, 0, 0]);
  expect([...(await first.read())]).toEqual([0, 1, 0, 0, 1, 0]);
  expect([first.shape, middle.shape]).toEqual([
    [3, 2],
    [2, 3],
  ]);
  expect([...(await (await run(Int32Array.of(3, -1))).last.read())]).toEqual([0, 0, 0, 0, 0, 0]);
});

test("an axis that the result has not is refused", () => {
  return expect(compile(backend, (x: Tensor) => oneHot(x, 3, "f32", 2))(Int32Array.of(0))).rejects.toThrow(/oneHot got axis 2/);
});
