import { expect, test } from "vitest";
import {
  bidirectional,
  cell as define,
  compile,
  gradient,
  hostArray,
  initialise,
  lengths,
  lowerGraph,
  lstm,
  recurrence,
  SluiceError,
  tanh,
  trace,
  variationalDropout,
  type Recurrence,
  type Tensor,
  zoneout,
} from "../index.ts";
import { open } from "../reference.ts";

const backend = await open();
const f32 = (...shape: number[]) => ({ shape, dtype: "f32" as const });

test("lengths are checked on the host, by row", () => {
  expect(lengths([0, 3, 2], 3).data).toEqual(Int32Array.of(0, 3, 2));
  for (const bad of [[1, 4], [-1], [1.5], [NaN]]) expect(() => lengths(bad, 3)).toThrow(SluiceError);
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
