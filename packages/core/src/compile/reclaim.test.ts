import { expect, test, vi } from "vitest";
import { type Backend, compile, square, SluiceError, type Tensor, zeros } from "../index.ts";
import { open } from "../reference.ts";

/** The reference with room for so many buffers at a time. */
async function withRoomFor(most: number) {
  const inner = await open();
  let held = 0;
  const backend: Backend = {
    ...inner,
    create(dtype, length) {
      if (held >= most) throw new SluiceError({ code: "OUT_OF_MEMORY", who: "small.create", what: `${held} buffers are in use` });
      held++;
      return inner.create(dtype, length);
    },
    destroy(buffer) {
      held--;
      inner.destroy(buffer as never); // as it made it
    },
  };
  return { backend, held: () => held };
}

test("results that nobody disposes of are freed in the end, and many of them alive are told once, by the function's name", async () => {
  const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
  const { backend, held } = await withRoomFor(3000);
  const squares = compile(backend, (x: Tensor) => ({ y: square(x), z: x.neg() }), { name: "squares" });
  const x = zeros(backend, [1024]);
  for (let i = 0; i < 10_000; i++) await (await squares(x)).y.read();
  expect(held()).toBeLessThanOrEqual(3000);
  expect(warned.mock.calls).toEqual([[expect.stringMatching(/^squares: 1000 of its results are alive/)]]);
  expect([...(await x.read())].every((v) => v === 0)).toBe(true); // what is held stays
  warned.mockRestore();
});

test("results that are held are not freed, and those that do not fit beside them are refused", async () => {
  const { backend } = await withRoomFor(100);
  const double = compile(backend, (x: Tensor) => x.add(x));
  const results = [await double([0])];
  const fill = async () => {
    for (;;) results.push(await double([results.length]));
  };
  await expect(fill()).rejects.toMatchObject({ code: "OUT_OF_MEMORY" });
  for (const [i, one] of results.entries()) expect([...(await one.read())]).toEqual([2 * i]);
  for (const one of results) one.dispose();
  expect([...(await (await double([7])).read())]).toEqual([14]);
});
