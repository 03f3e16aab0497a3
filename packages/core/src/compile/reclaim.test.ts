import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test, vi } from "vitest";
import { array, assign, type Backend, compile, disposeAll, type NDArray, square, SluiceError, type Tensor, zeros } from "../index.ts";
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

test("calls take effect in their order, also where one waits for room", async () => {
  const { backend } = await withRoomFor(6);
  const next = compile(backend, (a: Tensor, digit: Tensor) => {
    assign(a, a.mul(10).add(digit));
    return digit.add(0);
  });
  const acc = array(backend, [0]);
  (await next(acc, [1])).dispose();
  let held: NDArray[] = [];
  for (;;) {
    try {
      held.push(zeros(backend, [1]));
    } catch {
      break;
    }
  }
  held.pop()!.dispose(); // room for what a call is given, none for its result
  const fill = compile(backend, (digit: Tensor) => digit.add(1));
  held.pop()!.dispose();
  held.push(await fill([1])); // alive: what is tried again may find it gone
  const [first, second] = [next(acc, [2]), next(acc, [3])];
  setTimeout(() => disposeAll(held.splice(0)), 0);
  await Promise.allSettled([first, second]);
  expect(["1", "12", "123"]).toContain([...(await acc.read())].join(""));
  held = [];
});

test("nobody is told of results that are disposed of, however many a call gives or are on their way", async () => {
  const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
  const backend = await open();
  const parts = compile(backend, (x: Tensor) => Array.from({ length: 1200 }, (_, i) => x.add(i)));
  for (let i = 0; i < 3; i++) disposeAll(await parts([1]));
  const one = compile(backend, (x: Tensor) => x.add(1));
  const use = async (i: number) => {
    const y = await one([i]);
    await y.read();
    y.dispose();
  };
  await Promise.all(Array.from({ length: 1500 }, (_, i) => use(i)));
  expect(warned).not.toHaveBeenCalled();
  warned.mockRestore();
});

test("a backend that holds arrays of its own goes with them", async () => {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as () => void;
  const gone = new Set<string>();
  const registry = new FinalizationRegistry<string>((name) => gone.add(name));
  await (async () => {
    const backend = { ...(await open()), ones: undefined as NDArray | undefined };
    backend.ones = array(backend, [1]);
    registry.register(backend, "backend");
  })();
  for (let i = 0; i < 20 && !gone.has("backend"); i++) {
    await new Promise((resume) => setTimeout(resume, 0));
    gc();
  }
  expect(gone.has("backend")).toBe(true);
});
