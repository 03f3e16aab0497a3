// The interpreter of graphs against the reference backend: the same numbers, and each value once it is there.
import { expect, test } from "vitest";
import { gather } from "../trace/lookup.ts";
import {
  attention,
  compile,
  cumulativeSum,
  gradient,
  gru,
  leavesOf,
  literal,
  lstm,
  max,
  recurrence,
  scan,
  softmax,
  sort,
  square,
  tensorsOf,
  trace,
  where,
  type HostArray,
  type Tensor,
  type Tree,
  type TypedArray,
} from "../index.ts";
import { open } from "../reference.ts";
import { f64, isArray, normal, normalWeights } from "../testing/numbers.ts";
import type { Node } from "./node.ts";
import { interpret } from "./interpret.ts";

const backend = await open();
const [batch, steps, input, units] = [2, 3, 2, 2];
const cell = recurrence(lstm({ peepholes: true, layerNorm: true }));
const other = recurrence(gru(), { reverse: true });
type Given = Readonly<Record<string, Tensor>>;

const functions: Readonly<Record<string, readonly [fn: (...args: never[]) => unknown, args: readonly Tree<HostArray>[]]>> = {
  "a cell with a mask and all its gradients": [
    (w: Given, x: Tensor) => {
      const mask = literal(Int32Array.of(1, 1, 0, 1, 0, 0), [batch, steps]);
      const { outputs, last, state } = cell.run(w as never, x, { mask });
      const loss = square(outputs).sum().add(last.sum());
      return { outputs, state, loss, d: gradient(loss, { w, x }) };
    },
    [normalWeights(cell.weights({ input, units }), 1) as never, normal(2, batch, steps, input)],
  ],
  "two cells, one in reverse over the other, with second derivatives": [
    (w: { readonly a: Given; readonly b: Given }, x: Tensor) => {
      const { outputs } = other.run(w.b as never, cell.run(w.a as never, x).outputs);
      const d = gradient(outputs.sum(), x);
      return { d, dd: gradient(square(d).sum(), w) };
    },
    [
      { a: normalWeights(cell.weights({ input, units }), 1), b: normalWeights(other.weights({ input: units, units }), 3) } as never,
      normal(2, batch, steps, input),
    ],
  ],
  "attention, lookups, sorting and sums along": [
    (x: Tensor, y: Tensor) => {
      const picked = gather(y, literal(Int32Array.of(2, 0, 7, 1)));
      const attended = attention({ score: "scaledDot" }).run({}, { query: x, key: x, value: x }).output;
      const some = where(x.greater(0), softmax(x), max(x, 1, { keepDims: true }));
      const loss = attended.sum().add(square(some).sum());
      return { picked, sorted: sort(x), sums: cumulativeSum(x, 1), d: gradient(loss.add(y.mul(y).sum()), { x, y }) };
    },
    [normal(1, 2, 3, 4), normal(2, 3, 2)],
  ],
  "a loop in a loop, without steps, and without states": [
    (x: Tensor) => {
      const inner = (h: Tensor) => scan({ state: h, inputs: {}, steps: 3, step: (s) => ({ state: s.mul(0.5).add(h), output: s }) });
      const outer = scan({
        state: x.at(0, 0),
        inputs: { x },
        step: (h, { x: row }) => ({ state: inner(h.add(row)).state, output: inner(h).outputs }),
      });
      const none = scan({ state: {}, inputs: { x }, step: (_, { x: row }) => ({ state: {}, output: row.mul(2) }) });
      const never = scan({ state: x, inputs: {}, steps: 0, step: (s) => ({ state: s.mul(3), output: s }) });
      return { outer, none: none.outputs, never: never.state, d: gradient(outer.outputs.sum(), x) };
    },
    [normal(1, 4, 3)],
  ],
};

test.each(Object.entries(functions))("%s: what the reference backend gives", async (name, [fn, args]) => {
  const compiled = compile(backend, fn as (...given: readonly Tree<Tensor>[]) => Tree<Tensor>, { name: "compiled" });
  const expected = new Map(leavesOf(await compiled(...(args as never[])), isArray) as [string, { read(): Promise<TypedArray> }][]);
  const { graph, result } = trace(name, fn, args);
  const numbers = leavesOf(args, isArray).map(([, leaf]) => f64(Array.from((leaf as HostArray).data, Number)).data as TypedArray);
  const running = interpret(
    tensorsOf(result as Tree<Tensor>).map(([, { node }]) => node),
    new Map(graph.inputs.map((node, i) => [node, numbers[i]!])),
  );
  const seen: Node[] = [];
  let next = running.next();
  for (; !next.done; next = running.next()) seen.push(next.value.node);
  const get = next.value;
  expect(seen.length).toBeGreaterThan(5);
  for (const [path, { node }] of tensorsOf(result as Tree<Tensor>)) {
    const wanted = await expected.get(path)!.read();
    const got = get(node);
    expect(got.length).toBe(wanted.length);
    for (let i = 0; i < got.length; i++)
      if (Number.isNaN(wanted[i])) expect(got[i]).toBeNaN();
      else expect(got[i]).toBeCloseTo(wanted[i]!, 10);
  }
});

test("values of f32 are rounded one by one, and a caller that has seen enough ends it", () => {
  const { graph, result } = trace("rounded", (x: Tensor) => [x.add(1e-9), x.mul(1e30).mul(1e30)], [{ shape: [1], dtype: "f32" }]);
  const nodes = (result as Tensor[]).map(({ node }) => node);
  const values: number[] = [];
  for (const { values: computed, iterations } of interpret(nodes, new Map([[graph.inputs[0]!, Float32Array.of(1)]]))) {
    expect(iterations).toEqual([]);
    values.push(computed[0]!);
    if (computed[0] === Infinity) break;
  }
  expect(values).toContain(1);
  expect(values.at(-1)).toBe(Infinity);
});
