import { expect, test } from "vitest";
import { array, compile, type Tensor, zeros } from "../index.ts";
import { open } from "../reference.ts";
import { counting } from "../program/running/counting.ts";

const many = (x: Tensor, y: Tensor) => ({ sum: x.add(y), product: x.mul(y), parts: [x.sub(y), x.neg()] });

test.each<[string, (backend: ReturnType<typeof counting>["backend"]) => Promise<void>]>([
  ["array", async (backend) => array(backend, [1, 2, 3]).dispose()],
  [
    "a call",
    async (backend) => {
      using run = compile(backend, many);
      const { sum, product, parts } = await run([1, 2], [3, 4]);
      for (const x of [sum, product, ...parts]) x.dispose();
    },
  ],
  [
    "a binding",
    async (backend) => {
      using run = compile(backend, many);
      using x = zeros(backend, [2]);
      using y = zeros(backend, [2]);
      using bound = await run.bind(x, y);
      bound.run();
    },
  ],
])("%s that fails at any of its steps leaves nothing behind, and the next one works", async (_, use) => {
  const { backend, alive, failAt, failed } = counting(await open());
  for (let n = 1, more = true; more; n++) {
    failAt(n);
    await use(backend).catch((error: unknown) => {
      expect(error).toEqual(expect.objectContaining({ code: "OUT_OF_MEMORY" }));
    });
    more = failed();
    await Promise.resolve();
    expect(alive()).toBe(0);
    failAt(0);
    await use(backend);
    expect(alive()).toBe(0);
  }
});

test("a call or bind with an array that was disposed of leaves nothing behind", async () => {
  const { backend, alive } = counting(await open());
  using run = compile(backend, many);
  using x = zeros(backend, [2]);
  const gone = zeros(backend, [2]);
  (await run.bind(x, gone)).dispose();
  gone.dispose();
  const before = alive();
  await expect(run(x, gone)).rejects.toMatchObject({ code: "DISPOSED" });
  await expect(run.bind(x, gone)).rejects.toMatchObject({ code: "DISPOSED" });
  expect(alive()).toBe(before);
});
