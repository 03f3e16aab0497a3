// Watching recurrences: total derivatives by what is added to states, gates by name, and that nothing changes for whoever does not look.
import { expect, test } from "vitest";
import {
  compile,
  gru,
  literal,
  lstm,
  mgu,
  perturb,
  recurrence,
  rnn,
  square,
  trace,
  watchRecurrences,
  zoneout,
  type Cell,
  type Recurrence,
  type RunWatch,
  type Tensor,
  type WatchedRun,
} from "../index.ts";
import { open } from "../reference.ts";
import { normal, normalWeights } from "../testing/numbers.ts";
import { wrongSlopes } from "../testing/slopes.ts";

const backend = await open();
const [batch, steps, input, units] = [2, 4, 3, 2] as const;

type Named = Readonly<Record<string, Tensor>>;
type Run = Recurrence<unknown, unknown>;

/** Adds to the states after each step. */
function adding(inputs: Named): RunWatch {
  return {
    inputs,
    step({ output, state, inputs: row }) {
      const moved = perturb({ output, state }, new Map(Object.entries(state).map(([name, x]) => [x, row[name]!])));
      return { ...moved, seen: moved.state };
    },
    all: () => {},
  };
}

const cells: Readonly<Record<string, Cell>> = {
  rnn: rnn(),
  "lstm with a projection": lstm({ projection: 2, peepholes: true }),
  gru: gru(),
  "zoneout mgu": zoneout(mgu(), { rates: 0.3 }),
};
for (const [name, cell] of Object.entries(cells))
  test.each([false, true])(
    `${name}: what is added to states moves all that comes after, as finite differences say (masked: %s)`,
    async (masked) => {
      const run = recurrence(cell) as Run;
      const loss = ({ weights, x, deltas }: { readonly weights: Named; readonly x: Tensor; readonly deltas: Named }): Tensor => {
        const mask = masked ? literal(Int32Array.of(1, 1, 1, 1, 1, 0, 1, 0), [batch, steps]) : undefined;
        const traced = () => run.run(weights as never, x, { mask });
        const { outputs, last } = watchRecurrences(() => adding(deltas), traced);
        return square(outputs).sum().add(last.sum());
      };
      const deltas = Object.fromEntries(
        Object.entries(cell.state({ input, units })).map(([state, { axes }]) => [
          state,
          normal(state, steps, batch, ...Object.values(axes)),
        ]),
      );
      const at = { weights: normalWeights(run.weights({ input, units }) as never, 3), x: normal(1, batch, steps, input), deltas };
      expect(await wrongSlopes(backend, loss as never, at as never)).toEqual([]);
    },
  );

const gated: readonly (readonly [cell: Cell, gates: readonly string[]])[] = [
  [lstm() as Cell, ["input", "forget", "output"]],
  [lstm({ coupled: true }) as Cell, ["input", "forget", "output"]],
  [gru() as Cell, ["update", "reset"]],
  [gru({ reset: "before" }) as Cell, ["update", "reset"]],
  [gru({ reset: "none" }) as Cell, ["update"]],
  [mgu() as Cell, ["forget"]],
  [rnn() as Cell, []],
];
test.each(gated)(
  "%o tells of its run and its gates, and of each step the state before it; its outputs are as they were",
  async (cell, gates) => {
    const run = recurrence(cell, { reverse: true }) as Run;
    const runs: WatchedRun[] = [];
    const heard = new Set<string>();
    const traced = (weights: Named, x: Tensor) => {
      let before: Tensor | undefined;
      const watch = (watched: WatchedRun): RunWatch => {
        runs.push(watched);
        return {
          inputs: {},
          step({ output, state, before: { h }, gates: named }) {
            for (const [name, { shape }] of Object.entries(named)) heard.add(`${name} ${shape.join()}`);
            return { output, state, seen: h! };
          },
          all: (seen) => void (before = seen as Tensor),
        };
      };
      const { outputs } = watchRecurrences(watch, () => run.run(weights as never, x));
      return { outputs, before: before! };
    };
    const given = [normalWeights(run.weights({ input, units }) as never, 3), normal(1, batch, steps, input)] as unknown as [never, never];
    const { outputs, before } = await compile(backend, traced, { name: "watched" })(...given);
    const plain = await compile(backend, (weights: Named, x: Tensor) => run.run(weights as never, x).outputs, { name: "plain" })(...given);
    const after = await outputs.read();
    expect(after).toEqual(await plain.read());
    expect([...heard]).toEqual(gates.map((name) => `${name} ${batch},${units}`));
    expect(runs.map(({ cell: name, reverse, x, counts }) => [name, reverse, x.shape, counts])).toEqual([
      [cell.name, true, [steps, batch, input], undefined],
    ]);
    // In reverse the state before a step is the output of the step behind it: [steps, batch, units] against [batch, steps, units].
    expect((await before.read()).slice(0, units)).toEqual(after.slice(units, 2 * units));
  },
);

test("nobody watches once it is over, also where the trace threw", () => {
  const run = recurrence(rnn());
  const weights = {
    wx: { shape: [input, units], dtype: "f32" },
    wh: { shape: [units, units], dtype: "f32" },
    b: { shape: [units], dtype: "f32" },
  } as const;
  let calls = 0;
  const broken = () => {
    throw new Error("broken");
  };
  expect(() => watchRecurrences(() => (calls++, undefined), broken)).toThrow("broken");
  trace("plain", (w: never, x: Tensor) => run.run(w, x).outputs, [weights, { shape: [batch, steps, input], dtype: "f32" }]);
  expect(calls).toBe(0);
});

test("what is added must be like what it is added to", () => {
  const specs = [
    { shape: [2, 3], dtype: "f32" },
    { shape: [3], dtype: "f32" },
    { shape: [2, 3], dtype: "f64" },
  ] as const;
  const by = (delta: (short: Tensor, other: Tensor) => Tensor) => () =>
    trace("perturbed", (x: Tensor, short: Tensor, other: Tensor) => perturb([x], new Map([[x, delta(short, other)]])), [...specs]);
  expect(by((short) => short)).toThrow(expect.objectContaining({ code: "SHAPE_MISMATCH" }));
  expect(by((_, other) => other)).toThrow(expect.objectContaining({ code: "DTYPE_MISMATCH" }));
});
