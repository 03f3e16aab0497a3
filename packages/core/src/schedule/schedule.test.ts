import { expect, test } from "vitest";
import { compile, concat, constant, gradient, scan, tanh, type Tensor } from "../index.ts";
import { open } from "../reference.ts";
import { f32, programOf, scratchOf } from "../testing/programs.ts";

const backend = await open();
const run = async (fn: (x: Tensor) => Tensor, x: readonly number[]): Promise<number[]> => {
  const f = compile(backend, fn);
  return [...(await (await f(x as number[])).read())];
};
const thrice = (start: Tensor, step: (h: Tensor) => Tensor): Tensor =>
  scan({ state: start, inputs: {}, steps: 3, step: (h) => ({ state: step(h), output: {} }) }).state;

const zeros = constant(0, [1, 2]);
/** The sum, and the state that follows from it. */
const pair = (z: Tensor) => ({ state: tanh(z), output: z });

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

test("sums that accumulate where a scan's inputs were multiplied are there for whoever wants them", async () => {
  const w = constant(0.5, [2, 2]);
  /** The sums that a linear recurrence adds to, of all steps. */
  const sums = (x: Tensor): Tensor => scan({ state: zeros, inputs: x, step: (h, row) => pair(row.dot(w).add(h.dot(w))) }).outputs;
  const expected = (x: Tensor): Tensor => {
    const first = x.at(0, 0).dot(w), second = x.at(0, 1).dot(w).add(tanh(first).dot(w)); // prettier-ignore
    return concat([first, second], 0).reshape([2, 1, 2]);
  };
  const uses: Readonly<Record<string, (z: Tensor) => Tensor>> = {
    "as a result": (z) => z,
    "under another shape": (z) => z.reshape([4]),
    "where another scan starts": (z) => thrice(z, (h) => h.mul(2)),
    "as what another product is added to": (z) => z.reshape([2, 2]).add(constant(1, [2, 2]).dot(constant(0.25, [2, 2]))),
    "as a row of what an outer scan gives": (z) => scan({ state: z.at(0, 0), inputs: z, step: (h, row) => pair(h.add(row)) }).outputs,
  };
  const x = [[[1, 2]], [[3, -4]]].flat(3);
  const shaped = (fn: (x: Tensor) => Tensor) => (given: Tensor) => fn(given.reshape([2, 1, 2]));
  for (const [title, use] of Object.entries(uses)) {
    const [got, wanted] = [
      await run(
        shaped((x) => use(sums(x))),
        x,
      ),
      await run(
        shaped((x) => use(expected(x))),
        x,
      ),
    ];
    expect(got.map((each) => each.toFixed(5)), `${title}`).toEqual(wanted.map((each) => each.toFixed(5))); // prettier-ignore
  }
});

test("a scan in a scan whose sums accumulate in place has the gradient of the one scan that it is", async () => {
  type State = { readonly h: Tensor; readonly c: Tensor };
  type Scanned = (rows: Tensor, step: (state: State, row: Tensor) => State, head: Tensor) => Tensor;
  const start = { h: zeros, c: zeros };
  const headed = (state: State, head: Tensor) => ({ state, output: state.h.dot(head) });
  const once: Scanned = (rows, step, head) =>
    scan({ state: start, inputs: rows, step: (state, row) => headed(step(state, row), head) }).outputs;
  const nested: Scanned = (rows, step, head) =>
    once(rows, (state, row) => scan({ state, inputs: row.expand(0), step: (own, each) => headed(step(own, each), head) }).state, head);
  const gradientOf = (fn: Scanned) => (x: Tensor) => {
    const rows = x.slice(0, 0, 6).reshape([3, 1, 2]),
      [wx, wh, head] = [x.slice(0, 6, 10).reshape([2, 2]), x.slice(0, 10, 14).reshape([2, 2]), x.slice(0, 14, 16).reshape([2, 1])];
    const outputs = fn(
      rows,
      ({ h, c }, row) => {
        const next = c.add(tanh(row.dot(wx).add(h.dot(wh))));
        return { h: tanh(next), c: next };
      },
      head,
    );
    const { x: first, h: second, o } = gradient(outputs.sum(), { x: wx, h: wh, o: head });
    return concat([first.reshape([4]), second.reshape([4]), o.reshape([2])]);
  };
  const x = [1, 2, 3, -4, 0.5, 1, 0.5, 0.25, -0.25, 0.5, 0.75, -0.5, 0.25, 1, 0.5, -0.75];
  const [one, two] = [await run(gradientOf(once), x), await run(gradientOf(nested), x)];
  expect(two.map((each) => each.toFixed(5))).toEqual(one.map((each) => each.toFixed(5)));
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
