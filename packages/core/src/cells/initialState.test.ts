import { expect, test } from "vitest";
import { bidirectional, cell, gradient, gru, initialise, lstm, recurrence, type InitialState, type Tensor } from "../index.ts";
import { open } from "../reference.ts";
import { f64, misses, normal, normalWeights } from "../testing/numbers.ts";
import { evaluate, run } from "../testing/running.ts";

const backend = await open();
const [batch, steps, input, units] = [3, 4, 2, 2] as const;
const x = normal("x", batch, steps, input);
const learnt = recurrence(lstm({ projection: 1 }), { initialState: "learnt" });
const weights = normalWeights(learnt.weights({ input, units }), 1);

test("a learnt state is one more weight for each state, zero at first", () => {
  const { initial } = initialise(learnt.weights({ input, units }), { seed: 1 });
  expect({ h: [...initial.h.data], c: [...initial.c.data] }).toEqual({ h: [0], c: [0, 0] });
  expect(recurrence(gru()).weights({ input, units })).not.toHaveProperty("initial");
});

test("every row starts from it, unless a state is given", async () => {
  const { initial, ...own } = weights;
  const repeated = (from: ArrayLike<number>) => Array.from({ length: batch }, () => Array.from(from)).flat();
  const state = { h: f64(repeated(initial.h.data), batch, 1), c: f64(repeated(initial.c.data), batch, 2) };
  const plain = recurrence(lstm({ projection: 1 }));
  expect(misses(await run(backend, learnt, { weights, x }), await run(backend, plain, { weights: own, x, state }), 0)).toEqual([]);
  const other = { h: normal("h", batch, 1), c: normal("c", batch, 2) };
  expect(
    misses(await run(backend, learnt, { weights, x, state: other }), await run(backend, plain, { weights: own, x, state: other }), 0),
  ).toEqual([]);
});

test("its gradient is the sum over the batch of the gradients of the states it stands for", async () => {
  const { initial, ...own } = weights;
  const repeated = (from: ArrayLike<number>, size: number) =>
    f64(Array.from({ length: batch }, () => Array.from(from)).flat(), batch, size);
  type Weights = Parameters<typeof learnt.run>[0];
  const asWeight = await evaluate(
    backend,
    (at: { readonly weights: Weights; readonly x: Tensor }) => gradient(learnt.run(at.weights, at.x).last.sum(), at.weights.initial),
    { weights, x },
  );
  const plain = recurrence(lstm({ projection: 1 }));
  type State = { readonly h: Tensor; readonly c: Tensor };
  const asState = await evaluate(
    backend,
    (at: { readonly weights: Parameters<typeof plain.run>[0]; readonly x: Tensor; readonly state: State }) => {
      const d = gradient(plain.run(at.weights, at.x, { state: at.state }).last.sum(), at.state);
      return { h: d.h.sum(0), c: d.c.sum(0) };
    },
    { weights: own, x, state: { h: repeated(initial.h.data, 1), c: repeated(initial.c.data, 2) } },
  );
  expect(misses(asWeight, asState)).toEqual([]);
});

test("both directions learn one each", () => {
  const both = bidirectional(gru(), undefined, { initialState: "learnt" }).weights({ input, units });
  expect([both.forward.initial, both.backward.initial]).toEqual([
    { h: { axes: { units }, init: "zeros" } },
    { h: { axes: { units }, init: "zeros" } },
  ]);
});

test("an unknown kind of start and a weight of that name are refused", () => {
  expect(() => recurrence(gru(), { initialState: "random" as InitialState })).toThrow(
    expect.objectContaining({ code: "INVALID_ARGUMENT", message: 'recurrence: initialState must be one of zeros, learnt, got "random"' }),
  );
  const own = cell({
    name: "own",
    weights: () => ({ initial: { axes: { input }, init: "zeros" } }) as const,
    state: () => ({ h: { axes: { input } } }),
    step: ({ initial }, v, { h }) => ({ output: h, state: { h: v.add(initial) } }),
  });
  expect(() => recurrence(own, { initialState: "learnt" }).weights({ input, units })).toThrow(
    expect.objectContaining({ code: "INVALID_ARGUMENT" }),
  );
});
