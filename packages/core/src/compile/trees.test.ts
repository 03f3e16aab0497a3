import { expect, test } from "vitest";
import { counting } from "../program/index.ts";
import { array, disposeAll, gru, hostArray, initialise, lstm, recurrence, stacked, toBackend, toHost } from "../index.ts";
import { open } from "../reference.ts";

test("a tree goes to the backend and comes back with the same bits, dtypes, shapes, axes and names", async () => {
  const backend = await open();
  const weights = initialise(stacked([recurrence(lstm()), recurrence(gru())]).weights({ input: 3, units: 4 }), { seed: 1 });
  const tree = { weights, rate: 0.5, rows: [[1, 2], [3, 4]], labels: Int32Array.of(1, 2), pair: [hostArray([1]), hostArray([2, 3])] } as const; // prettier-ignore
  const there = toBackend(backend, tree);
  expect(there.weights[0].wx.name).toBe("weights.0.wx");
  expect([there.rows.shape, there.labels.dtype, there.pair[1].shape]).toEqual([[2, 2], "i32", [2]]);
  const back = await toHost(there);
  expect(back.weights).toEqual(weights);
  expect([back.rate, back.pair[1]].map(({ data }) => [...data])).toEqual([[0.5], [2, 3]]);
  disposeAll(there);
  await expect(toHost(there.weights)).rejects.toThrow("was disposed of");
  disposeAll(there); // once more does nothing
});

test("all arrays are made or none, and what is no numbers is said by its place", async () => {
  const { backend, alive } = counting(await open());
  for (const [tree, what] of [
    [{ a: [1, 2], b: { c: "text" } }, 'b.c is no numbers: "text"'],
    [{ a: 1, b: null }, "b is no numbers: null"],
    [{ a: 1, b: [[1, 2], [3]] }, "equal lengths"],
    [[array(backend, 1)], "0 is on a backend already"],
  ] as const) {
    const before = alive();
    expect(() => toBackend(backend, tree)).toThrow(what);
    expect(alive()).toBe(before);
  }
});

test("where the backend has no room for one of them, nothing is left of the others", async () => {
  for (let n = 1; n <= 6; n++) {
    const { backend, alive, failAt } = counting(await open());
    failAt(n);
    expect(() => toBackend(backend, { a: 1, b: [[1, 2], [3, 4]], c: { d: 4 } })).toThrow("as the test wants it"); // prettier-ignore
    expect(alive()).toBe(0);
  }
});

test("what is no array on a backend can neither be read nor disposed of, and then nothing is", async () => {
  const backend = await open();
  const tree = { a: array(backend, 1), b: { c: 2 } };
  await expect(toHost(tree)).rejects.toThrow("b.c is no NDArray: 2");
  expect(() => disposeAll(tree)).toThrow("b.c is no NDArray: 2");
  expect([...(await tree.a.read())]).toEqual([1]);
});
