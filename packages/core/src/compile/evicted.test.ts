import { expect, test } from "vitest";
import type { Backend } from "../backend.ts";
import { array, compile, type Tensor } from "../index.ts";
import { counting } from "../program/running/counting.ts";
import { open } from "../reference.ts";

test("what two calls want at once is there for both, though one pushes the other out of the cache", async () => {
  const backend = await open();
  const double = compile(backend, (x: Tensor) => x.mul(2), { cacheSize: 1 });
  await double([1, 2]);
  const [two, three] = await Promise.all([double([1, 2]), double([1, 2, 3])]);
  expect([[...(await two.read())], [...(await three.read())]]).toEqual([
    [2, 4],
    [2, 4, 6],
  ]);
});

test("a call or a binding that was asked for before the function was disposed of comes, and what it used goes after it", async () => {
  const { backend, alive } = counting((await open()) as Backend);
  const double = compile(backend, (x: Tensor) => x.mul(2));
  (await double([1])).dispose();
  const x = array(backend, [3]);
  const [call, binding] = [double([1]), double.bind(x)];
  double.dispose();
  const [result, bound] = [await call, await binding];
  bound.run();
  expect([...(await result.read()), ...(await bound.outputs.read())]).toEqual([2, 6]);
  result.dispose();
  bound.dispose();
  x.dispose();
  expect(alive()).toBe(0);
});
