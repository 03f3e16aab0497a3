import { expect, test } from "vitest";
import {
  attention,
  bidirectional,
  cast,
  cell as define,
  compile,
  gradient,
  gru,
  hostArray,
  initialise,
  isWeight,
  leavesOf,
  lengths,
  literal,
  lowerGraph,
  lstm,
  mapTree,
  mgu,
  multiHeadAttention,
  recurrence,
  rnn,
  SluiceError,
  stacked,
  tanh,
  trace,
  variationalDropout,
  type Recurrence,
  type Tensor,
  type Tree,
  type Weight,
  zoneout,
} from "../index.ts";
import { open } from "../reference.ts";

const backend = await open();
const f32 = (...shape: number[]) => ({ shape, dtype: "f32" as const });

test("lengths are checked on the host, by row", () => {
  expect(lengths([0, 3, 2], 3).data).toEqual(Int32Array.of(0, 3, 2));
  for (const bad of [[1, 4], [-1], [1.5], [NaN]]) expect(() => lengths(bad, 3)).toThrow(SluiceError);
});

test("weights of all that is made of cells and scores are trees of weights, in types too", () => {
  const sizes = { input: 3, units: 4 };
  const trees: readonly Tree<Weight>[] = [
    recurrence(lstm({ peepholes: true })).weights(sizes),
    bidirectional(lstm()).weights(sizes),
    stacked([recurrence(lstm()), bidirectional(lstm(), undefined, { initialState: "learnt" })]).weights(sizes),
    attention({ score: "additive", units: 5 }).weights({ query: 3, key: 4 }),
    multiHeadAttention({ heads: 2, size: 4 }).weights({ query: 3 }),
  ];
  for (const tree of trees) expect(leavesOf(tree, isWeight).every(([, leaf]) => isWeight(leaf))).toBe(true);
});

test("only the last state in demand, a loop keeps one place for each state and none for outputs", () => {
  const cell = recurrence(lstm()),
    { graph } = trace("last", ((w: Parameters<typeof cell.run>[0], x: Tensor) => cell.run(w, x).last) as (...args: never[]) => unknown, [
      { wx: f32(3, 16), wh: f32(4, 16), b: f32(16) },
      f32(2, 50, 3),
    ]);
  const scratch = lowerGraph(graph, backend.supports).slots.filter((s) => s.binding === undefined);
  // x time-major [50, 2, 3], its product [50, 2, 16], h and c [2, 4]
  expect(scratch.map((s) => s.length).sort((a, b) => a - b)).toEqual([8, 8, 300, 1600]);
});

test("the last output of unequal lengths takes no loop of its own where the cell shows a state", () => {
  const scans = (cell: Parameters<typeof recurrence>[0]) => {
    const layer = recurrence(cell);
    const weights = mapTree(layer.weights({ input: 3, units: 4 }), isWeight, (weight) => f32(...Object.values((weight as Weight).axes)));
    const run = (w: never, x: Tensor, of: Tensor) => layer.run(w, x, { lengths: of }).last;
    const { graph } = trace("last", run as (...args: never[]) => unknown, [weights, f32(2, 5, 3), { shape: [2], dtype: "i32" }]);
    return lowerGraph(graph, backend.supports).steps.filter(({ kind }) => kind === "scan").length;
  };
  expect([lstm(), lstm({ projection: 2 }), gru(), mgu(), rnn()].map(scans)).toEqual([1, 1, 1, 1, 1]);
});

test("a mask of the first steps is their lengths, to the bit, of whatever dtype, time-major too, alone and with lengths", async () => {
  const [batch, steps] = [3, 4];
  const layer = bidirectional(lstm()),
    weights = initialise(layer.weights({ input: 2, units: 3 }), { seed: 1 }),
    x = hostArray(
      Float32Array.from({ length: batch * steps * 2 }, (_, i) => Math.sin(i)),
      { shape: [batch, steps, 2] },
    );
  const of = [4, 0, 2],
    first = Array.from({ length: batch * steps }, (_, i) => Number(i % steps < of[Math.floor(i / steps)]!)),
    all = first.map(() => 1);
  type Ways = { readonly lengths?: Tensor; readonly mask?: Tensor };
  const run = async (ways: Record<string, object>, timeMajor = false) => {
    const made = compile(backend, (w: never, t: Tensor, way: Ways) => {
      const turned = (one: Tensor) => (timeMajor ? one.transpose([1, 0, ...Array.from({ length: one.rank - 2 }, (_, k) => k + 2)]) : one);
      const { outputs, last } = layer.run(w, turned(t), { ...way, ...(way.mask && { mask: turned(way.mask) }), timeMajor });
      return { outputs: turned(outputs), last, slopes: gradient(last.sum().add(outputs.sum()), t) };
    });
    const { outputs, last, slopes } = await made(weights as never, x, ways as never);
    return Promise.all([outputs, last, slopes].map((one) => one.read()));
  };
  const mask = (values: readonly number[], dtype: "i32" | "f32" | "f64", unit = 1) =>
    hostArray(values.map((v) => v * unit), { shape: [batch, steps], dtype }); // prettier-ignore
  const wanted = await run({ lengths: lengths(of, steps) });
  for (const way of [
    { mask: mask(first, "i32") },
    { mask: mask(first, "f32", -0.5) },
    { mask: mask(first, "f64", 1e-300) },
    { mask: mask(all, "i32", 3), lengths: lengths(of, steps) },
    { mask: mask(first, "i32"), lengths: lengths([4, 4, 4], steps) },
  ])
    for (const timeMajor of [false, true]) expect(await run(way, timeMajor)).toEqual(wanted);
  const slice = compile(backend, (w: never, t: Tensor) => layer.run(w, t).last);
  const holes = await run({ mask: mask([1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 0, 1], "i32") });
  const alone = await slice(weights as never, hostArray([[0, 2].flatMap((t) => [[...x.data.subarray(t * 2, t * 2 + 2)]])])); // row 0 has steps 0 and 2
  expect([...holes[1]!.subarray(0, 6)]).toEqual([...(await alone.read())]);
});

test("whatever a mask holds it only says which steps count, and a cell may divide by what it is given", async () => {
  const timed = define({
    name: "timed",
    weights: ({ units }) => ({ w: { axes: { units }, init: "ones" } }),
    state: ({ units }) => ({ h: { axes: { units } } }),
    extras: () => ({ dt: { axes: {}, per: "step" }, kind: { axes: {}, per: "step" } }),
    step: ({ w }, x, { h }, { dt, kind }) => {
      const next = h.mul(w).div(dt!.expand(-1)).add(x).add(cast(kind!, "f32").expand(-1));
      return { output: next, state: { h: next } };
    },
  });
  const layer = recurrence(timed);
  const run = compile(backend, (w: Tensor, mask: Tensor, lengths: Tensor) => {
    const x = literal([1, 2, 3, 4], [1, 4, 1], "f32"),
      extras = { dt: literal([2, 2, 2, 2], [1, 4], "f32"), kind: literal([5, 6, 7, 8], [1, 4], "i32") };
    const { last } = layer.run({ w }, x, { mask, lengths, extras });
    return { last, slope: gradient(last.sum(), w) };
  });
  const of = async (mask: readonly number[]) => {
    const { last, slope } = await run([1], hostArray([mask]), hostArray(Int32Array.of(3)));
    return [...(await last.read()), ...(await slope.read())];
  };
  const wanted = await of([1, 1, 0, 0]);
  expect(wanted).toEqual([11, 3]); // 6/2 + 8, of which 6/2 grows with w
  for (const odd of [0.5, NaN, Infinity, -1]) expect(await of([odd, odd, 0, odd])).toEqual(wanted);
});

test("an error of shapes and an error of dtypes name what they are about", () => {
  const cell = recurrence(lstm()),
    weights = initialise(cell.weights({ input: 3, units: 4 }), { seed: 1 });
  const run = (x: unknown, n: unknown) =>
    compile(backend, (w: Parameters<typeof cell.run>[0], u: Tensor, l: Tensor) =>
      gradient(cell.run(w, u, { lengths: l }).last.sum(), w),
    ).program(weights, x as never, n as never);
  expect(() => run(f32(2, 3), { shape: [2], dtype: "i32" })).toThrow("lstm.run: x must be [batch, steps, input]");
  expect(() => run(f32(2, 5, 3), { shape: [3], dtype: "i32" })).toThrow("lengths must be [batch 2]");
  expect(() => run(f32(2, 5, 3), hostArray([1, 2]))).toThrow("lengths must be i32, got f32");
  const masked = (x: object, m: object, timeMajor: boolean) =>
    compile(backend, (w: Parameters<typeof cell.run>[0], u: Tensor, mask: Tensor) => cell.run(w, u, { mask, timeMajor }).last).program(
      weights,
      x as never,
      m as never,
    );
  expect(() => masked(f32(2, 5, 3), f32(5, 2), false)).toThrow("mask must be [batch 2, steps 5], got argument 3 [5, 2]");
  expect(() => masked(f32(5, 2, 3), f32(2, 5), true)).toThrow("mask must be [steps 5, batch 2]");
  expect(() => masked(f32(2, 5, 3), f32(2, 5, 1), false)).toThrow("mask must be [batch 2, steps 5]");
  expect(() => compile(backend, (x: Tensor) => cell.run({ wx: x, wh: x, b: x } as never, x)).program(f32(2, 5, 3))).toThrow(
    "no number of units",
  );
});

/** h′ = tanh(x·w) + h, in pairs of units. */
const pairs = define({
  name: "pairs",
  weights: ({ input, units }) => {
    even(units);
    return { w: { axes: { input, units }, init: "glorotUniform" } };
  },
  state: ({ units }) => ({ h: { axes: { pairs: even(units), of: 2 } } }),
  extras: ({ units }) => ({ bias: { axes: { pairs: even(units), of: 2 }, per: "step" } }),
  step: ({ w }, x, { h }, { bias }) => {
    const next = tanh(x.dot(w)).reshape(h.shape).add(h);
    return { output: x.dot(w), state: { h: bias === undefined ? next : next.add(bias) } };
  },
});

function even(units: number): number {
  if (units % 2 !== 0 || units < 4) throw new Error(`${units} units are no pairs`);
  return units / 2;
}

const ways: Readonly<Record<string, () => Recurrence<unknown, unknown>>> = {
  alone: () => recurrence(pairs),
  "with a learnt state": () => recurrence(pairs, { initialState: "learnt" }),
  "both ways": () => bidirectional(pairs),
  "zoned out": () => recurrence(zoneout(pairs, { rates: { h: 0.5 } })),
  "dropped out": () => recurrence(variationalDropout(pairs)),
};
for (const [way, make] of Object.entries(ways))
  test(`a cell that takes only some sizes runs with weights of these, ${way}`, async () => {
    const layer = make(),
      weights = initialise(layer.weights({ input: 3, units: 6 }) as object, { seed: 1 });
    const run = compile(backend, (w: object, x: Tensor) => layer.run(w, x).outputs);
    const outputs = await run(weights as never, hostArray(new Float32Array(2 * 5 * 3), { shape: [2, 5, 3] }));
    expect(outputs.shape).toEqual([2, 5, way === "both ways" ? 12 : 6]);
  });

test("a cell that takes only some sizes is given its state and extras, and refuses what is not of them", () => {
  const layer = recurrence(pairs);
  const program = (w: object, x: object, h: object, bias: object) =>
    compile(
      backend,
      (own: { w: Tensor }, t: Tensor, state: Tensor, extra: Tensor) =>
        layer.run(own, t, { state: { h: state }, extras: { bias: extra } }).last,
    ).program(w as never, x as never, h as never, bias as never);
  expect(program({ w: f32(3, 6) }, f32(2, 5, 3), f32(2, 3, 2), f32(2, 5, 3, 2)).steps.length).toBeGreaterThan(0);
  expect(() => program({ w: f32(3, 6) }, f32(2, 5, 3), f32(2, 6), f32(2, 5, 3, 2))).toThrow("state.h must be [batch 2, pairs, of]");
  expect(() => program({ v: f32(3, 6) }, f32(2, 5, 3), f32(2, 3, 2), f32(2, 5, 3, 2))).toThrow("weights.w must be a tensor");
  expect(() => program({ w: f32(3, 7) }, f32(2, 5, 3), f32(2, 6), f32(2, 5, 3, 2))).toThrow("state.h must be [batch 2, pairs, of]");
  expect(() =>
    compile(backend, (own: { w: Tensor }, t: Tensor) => layer.run(own, t).last).program({ w: f32(3, 7) } as never, f32(2, 5, 3)),
  ).toThrow("no number of units");
});
