// Runs by fewer threads than there are, from run to run others, leave the bits of one thread: no result tells what the throttle has decided.
import { type Tensor, array, compile } from "@sluice/core";
import { laws } from "@sluice/conformance";
import { lstmForward } from "@sluice/core/kit";
import { expect, test, vi } from "vitest";
import { open } from "./open.ts";
import { alike } from "./testing/alike.ts";
import { after, all } from "./testing/programs.ts";

const seed = Number(process.env["SLUICE_SEED"]);
const isThorough = process.env["SLUICE_THOROUGH"] === "1";
const budget = isThorough ? { milliseconds: 6_000 } : { milliseconds: 300, structures: 8 };
const used = new Set<number>();

vi.mock("./throttle.ts", () => {
  let runs = 0;
  return {
    createThrottle: (maxThreads: number) => ({
      next() {
        const size = 1 + (runs++ % maxThreads);
        used.add(size);
        return size;
      },
      ended: () => undefined,
    }),
  };
});

test.each(
  laws.filter(({ name }) => /^(programs|repeats|call order|lstm|gru|stacked|attention)/.test(name)).map((law) => [law.name, law] as const),
)("sizes that change from run to run agree to the last bit with one thread where %s", async (_, law) => {
  const backends = () => Promise.all([1, 4].map((threads) => open({ threads, threshold: 0 })));
  const { examples } = await law.run(async () => alike(await backends()), { ...budget, seed });
  expect(examples).toBeGreaterThan(0);
});

test("runs of all sizes follow each other without a thread that is early or late", async () => {
  const [one, four] = [await all(1), await all(4)];
  const step = (x: Tensor) => x.mul(1.01).add(x.sum([0]).mul(1e-3));
  const start = Float32Array.from({ length: 64 * 64 }, (_, i) => Math.sin(i));
  const results = [];
  for (const backend of [one, four]) {
    const f = compile(backend, step);
    let x = array(backend, start, { shape: [64, 64] });
    for (let i = 0; i < 400; i++) x = await f(x);
    results.push(await x.read());
    results.push(await after(backend, lstmForward({ steps: 9, batch: 5, input: 3, units: 20 })));
  }
  expect(results.slice(2)).toEqual(results.slice(0, 2));
  expect([...used].toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4]);
  await Promise.all([one.close(), four.close()]);
});
