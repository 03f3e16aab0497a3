import { afterEach, expect, test } from "vitest";
import {
  assign,
  bidirectional,
  gradient,
  layerNormalization,
  lstm,
  multiHeadAttention,
  isWeight,
  mapTree,
  scan,
  square,
  stacked,
  tanh,
  tensorsOf,
  trace,
  type Tensor,
  type Tree,
} from "../index.ts";
import { open } from "../reference.ts";
import { f32 } from "../testing/programs.ts";
import { stages } from "./lowerGraph.ts";

// Work is counted, not timed: an access to a map or a set is one, a walk over a list as many as it has items.
let work = 0;
const undo: (() => void)[] = [];
function counted(prototype: object, names: readonly string[], cost: (self: never) => number): void {
  for (const name of names) {
    const methods = prototype as Record<string, (...args: unknown[]) => unknown>,
      plain = methods[name]!;
    undo.push(() => (methods[name] = plain));
    methods[name] = function (this: never, ...args: unknown[]) {
      work += cost(this);
      return plain.apply(this, args);
    };
  }
}
function startCounting(): void {
  counted(Map.prototype, ["get", "has", "set", "delete"], () => 1);
  counted(WeakMap.prototype, ["get", "has", "set"], () => 1);
  counted(Set.prototype, ["add", "has", "delete"], () => 1);
  const walks = [
    "map",
    "filter",
    "some",
    "every",
    "find",
    "findIndex",
    "findLast",
    "findLastIndex",
    "indexOf",
    "includes",
    "flatMap",
    "forEach",
    "reduce",
    "slice",
    "toSpliced",
    "with",
    "concat",
    "sort",
  ];
  counted(Array.prototype, walks, ({ length }: { length: number }) => length);
}
afterEach(() => undo.splice(0).forEach((act) => act()));

const { supports } = await open();

type Step = (w: never, x: Tensor) => Tensor;
interface Model {
  /** The weights of so many layers, and the output. */
  weights(layers: number): unknown;
  run: Step;
}
const specs = (weights: unknown): unknown =>
  mapTree(weights, isWeight, (w) => f32(...Object.values((w as { axes: object }).axes as Record<string, number>)));
const many = <T>(layers: number, make: () => T): T[] => Array.from({ length: layers }, make);
const attention = multiHeadAttention({ heads: 2 });
const both = (layers: number) => stacked(many(layers, () => bidirectional(lstm())));

const models: Readonly<Record<string, (layers: number) => Model>> = {
  "a stack of bidirectional LSTMs": (layers) => ({
    weights: () => both(layers).weights({ input: 4, units: 4 }),
    run: (w, x) => both(layers).run(w, x).outputs,
  }),
  "a chain of dense layers": () => ({
    weights: (layers) => many(4 * layers, () => ({ axes: { rows: 4, columns: 4 }, init: "zeros" })),
    run: (w, x) => (w as readonly Tensor[]).reduce((h, each) => tanh(h.dot(each)), x),
  }),
  "a stack of attention": () => ({
    weights: (layers) => many(layers, () => attention.weights({ query: 4 })),
    run: (w, x) =>
      (w as readonly never[]).reduce((h: Tensor, each) => layerNormalization(attention.run(each, { query: h, residual: h }).output), x),
  }),
  "a chain of pointwise work in a loop": (layers) => ({
    weights: () => ({ axes: { rows: 3, columns: 4 }, init: "zeros" }),
    run: (w, x) =>
      scan({
        state: w as Tensor,
        inputs: x,
        step: (s, row) => {
          const next = many(6 * layers, () => 1).reduce((h, _, i) => tanh(h.add(i)).mul(row), s);
          return { state: next, output: next };
        },
      }).outputs,
  }),
};

/** What tracing a training step and each pass on it cost. */
function costs({ weights, run }: Model, layers: number): Map<string, number> {
  const step = (w: Tree<Tensor>, x: Tensor): Tensor => {
    const loss = square(run(w as never, x)).mean(),
      slopes = tensorsOf(gradient(loss, w as never));
    tensorsOf(w).forEach(([, p], i) => assign(p, p.sub(slopes[i]![1].mul(0.1))));
    return loss;
  };
  const given = [specs(weights(layers)), f32(2, 3, 4)],
    found = new Map<string, number>();
  work = 0;
  const { graph } = trace("step", step as never, given);
  found.set("trace", work);
  work = 0;
  let number = 0;
  for (const { pass } of stages(graph, supports)) {
    found.set(`${number++} ${pass.name}`, work);
    work = 0;
  }
  return found;
}

test.each(Object.keys(models))("twice the layers cost no pass more than twice the work: %s", (name) => {
  const model = models[name]!;
  startCounting();
  const [some, twice] = [8, 16].map((layers) => costs(model(layers), layers));
  undo.splice(0).forEach((act) => act());
  const growth = [...some!].map(([pass, cost]) => [pass, twice!.get(pass)! / cost] as const);
  console.log(`${name}: ${growth.map(([pass, factor]) => `${pass} ${factor.toFixed(2)}`).join(", ")}`);
  expect(growth.filter(([, factor]) => factor > 2.3)).toEqual([]);
});
