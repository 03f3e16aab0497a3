import { expect, test } from "vitest";
import { compile, concat, gradient, scan, tanh, type Tensor } from "../index.ts";
import { open } from "../reference.ts";
import { f32, programOf, scratchOf } from "../testing/programs.ts";

const backend = await open();
const run = async (fn: (x: Tensor) => Tensor, x: readonly number[]): Promise<number[]> => {
  const f = compile(backend, fn);
  return [...(await (await f(x as number[])).read())];
};
const thrice = (start: Tensor, step: (h: Tensor) => Tensor): Tensor =>
  scan({ state: start, inputs: {}, steps: 3, step: (h) => ({ state: step(h), output: {} }) }).state;

test("what a scan starts from keeps its numbers for whoever else reads it", async () => {
  const start = (x: Tensor): Tensor => x.mul(2);
  const inside = (x: Tensor): Tensor => {
    const s = start(x);
    return thrice(s, (h) => h.add(s));
  };
  expect(await run(inside, [1, 10])).toEqual([8, 80]);
  const after = (x: Tensor): Tensor => {
    const s = start(x);
    return thrice(s, (h) => h.mul(h)).add(s);
  };
  expect(await run(after, [1, 2])).toEqual([258, 65540]);
  const piece = (x: Tensor): Tensor => {
    const s = start(x);
    return thrice(concat([s, x], 0), (h) => h.mul(2)).add(concat([s, s], 0));
  };
  expect(await run(piece, [1, 2])).toEqual([18, 36, 10, 20]);
});

test("a state of which only the end is wanted lies in one place, if nobody else wants its start", () => {
  const own = (x: Tensor): Tensor => thrice(x.mul(2), (h) => tanh(h)),
    shared = (x: Tensor): Tensor => {
      const s = x.mul(2);
      return thrice(s, (h) => tanh(h)).add(s);
    };
  expect(scratchOf(programOf(own, [f32(8)]))).toEqual([8]);
  expect(Math.max(...scratchOf(programOf(shared, [f32(8)])))).toBe(4 * 8);
});

test("the gradient reaches what only a scan's outputs take in, whichever of its results is wanted first", async () => {
  const loss = (isStateFirst: boolean) => (u: Tensor) => {
    const taken = tanh(u);
    const { state, outputs } = scan({
      state: u.mul(0.5),
      inputs: {},
      steps: 3,
      step: (h) => ({ state: tanh(h.add(1)), output: h.mul(taken) }),
    });
    const all = isStateFirst ? state.sum().add(outputs.sum()) : outputs.sum().add(state.sum());
    return gradient(all, u);
  };
  const [first, second] = [await run(loss(true), [0.3, -0.7]), await run(loss(false), [0.3, -0.7])];
  first.forEach((value, i) => expect(value).toBeCloseTo(second[i]!, 6));
});
