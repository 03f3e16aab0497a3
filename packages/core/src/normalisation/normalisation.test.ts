import { describe, expect, test } from "vitest";
import { constant, layerNormalization, normalize, rmsNormalization, type HostArray, type Shape, type Tensor } from "../index.ts";
import { open } from "../reference.ts";
import { f64, misses, normal } from "../testing/numbers.ts";
import { evaluate } from "../testing/running.ts";
import { wrongSlopes } from "../testing/slopes.ts";

const backend = await open();
interface At<T> {
  readonly x: T;
  readonly gain?: T;
  readonly shift?: T;
}

// Float64 figures. Several axes at once are one after reshaping.
describe("webmachinelearning/webnn-baseline, test/layer_normalization_test.js, commit b7a6aae", () => {
  const [rows, all]: [Shape, Shape] = [
    [4, 3],
    [2, 6],
  ];
  const x = [1, 2, 3, 6, 5, 4, 3, 6, 24, -10, 0, 5];
  const third = [-1.2247356859083902, 0, 1.2247356859083902, 1.2247356859083902, 0, -1.2247356859083902]; // of 1 2 3 6 5 4
  const fourth = [
    -0.8626621354727335, -0.5391638346704585, 1.4018259701431919, -1.3363060377513567, 0.26726120755027133, 1.0690448302010853,
  ];
  const scaled = [
    -2.4494713718167804, 0, 4.898942743633561, 2.4494713718167804, 0, -4.898942743633561, -1.725324270945467, -1.6174915040113755,
    5.6073038805727675, -2.6726120755027134, 0.8017836226508139, 4.276179320804341,
  ];
  test.each<[title: string, at: At<HostArray>, epsilon: number, figures: readonly number[]]>([
    [
      "layerNormalization default 2D",
      { x: f64([1, 2, 3, 3, 6, 24], 2, 3) },
      1e-5,
      [-1.2247356859083902, 0, 1.2247356859083902, -0.8626621354727335, -0.5391638346704585, 1.4018259701431919],
    ],
    [
      "layerNormalization default 3D",
      { x: f64(x, ...all) },
      1e-5,
      [
        -1.4638475999719223, -0.8783085599831534, -0.29276951999438444, 1.4638475999719223, 0.8783085599831534, 0.29276951999438444,
        -0.1645769966453613, 0.131661597316289, 1.9090931610861905, -1.4482775704791793, -0.46081559060701155, 0.032915399329072226,
      ],
    ],
    ["layerNormalization default 3D with axes=[2]", { x: f64(x, ...rows) }, 1e-5, [...third, ...fourth]],
    ["layerNormalization 3D with scale and axes=[2]", { x: f64(x, ...rows), gain: f64([2, 3, 4]) }, 1e-5, scaled],
    [
      "layerNormalization 3D with scale and bias and axes=[2]",
      { x: f64(x, ...rows), gain: f64([2, 3, 4]), shift: f64([1, 2, 3]) },
      1e-5,
      scaled.map((v, i) => v + 1 + (i % 3)),
    ],
    [
      "layerNormalization 3D with epsilon",
      { x: f64(x, ...all) },
      1e-3,
      [
        -1.4635992282002273, -0.8781595369201364, -0.29271984564004544, 1.4635992282002273, 0.8781595369201364, 0.29271984564004544,
        -0.16457620229526346, 0.1316609618362107, 1.9090839466250555, -1.4482705801983182, -0.46081336642673765, 0.032915240459052655,
      ],
    ],
    [
      "layerNormalization Ascending order axis",
      { x: f64([1, 2, 3, 4, 5, 6], 1, 6), gain: f64([1, 2, 3, 4, 5, 6]) },
      1e-5,
      [-1.4638475999719223, -1.7566171199663068, -0.8783085599831533, 1.1710780799775378, 4.391542799915767, 8.783085599831534],
    ],
  ])("%s", async (_, at, epsilon, figures) => {
    const got = await evaluate(backend, ({ x: t, ...given }: At<Tensor>) => ({ y: layerNormalization(t, { ...given, epsilon }) }), at);
    expect(misses(got, { y: figures }, 1e-14)).toEqual([]);
  });
});

const at = { x: normal("x", 2, 3, 4), gain: normal("gain", 4), shift: normal("shift", 4) };

test("every gradient is what finite differences say", async () => {
  const weigh = (y: Tensor): Tensor => y.mul(y).mul(y).sum();
  expect(await wrongSlopes(backend, ({ x, ...given }: Required<At<Tensor>>) => weigh(layerNormalization(x, given)), at)).toEqual([]);
  expect(
    await wrongSlopes(backend, ({ x, gain }: Required<At<Tensor>>) => weigh(rmsNormalization(x, { gain })), { x: at.x, gain: at.gain }),
  ).toEqual([]);
});

test("the root mean square is normalised without the mean: x / √(mean(x²) + ε) ∘ gain", async () => {
  const run = (x: HostArray) =>
    evaluate(backend, ({ x: t, gain }: Required<At<Tensor>>) => ({ y: rmsNormalization(t, { gain, epsilon: 0.5 }) }), {
      x,
      gain: f64([1, -2]),
    });
  const root = Math.sqrt((9 + 16) / 2 + 0.5);
  expect(misses(await run(f64([3, 4, 0, 0], 2, 2)), { y: [3 / root, -8 / root, 0, -0] })).toEqual([]);
});

test("of one feature layer normalisation leaves nothing but the shift, and its gradient is 0, not NaN", async () => {
  const one = { x: f64([3, -7], 2, 1), shift: f64([0.5]) };
  const got = await evaluate(backend, ({ x, shift }: Required<At<Tensor>>) => ({ y: layerNormalization(x, { shift }) }), one);
  expect(got["y"]).toEqual([0.5, 0.5]);
  expect(await wrongSlopes(backend, ({ x, shift }: Required<At<Tensor>>) => layerNormalization(x, { shift }).sum(), one)).toEqual([]);
});

test("an epsilon of 0 adds nothing, one below 0 is refused", async () => {
  const x = f64([3, 4, -3, -4], 2, 2);
  const got = await evaluate(
    backend,
    ({ x: t }: At<Tensor>) => ({ layer: layerNormalization(t, { epsilon: 0 }), rms: rmsNormalization(t, { epsilon: 0 }) }),
    { x },
  );
  const root = Math.sqrt(12.5);
  expect(misses(got, { layer: [-1, 1, 1, -1], rms: [3 / root, 4 / root, -3 / root, -4 / root] })).toEqual([]);
  for (const normalise of [layerNormalization, rmsNormalization])
    expect(() => normalise(constant(1, [2]), { epsilon: -1 })).toThrow("epsilon must be a finite number of at least 0, got -1");
});

test("whole numbers, and factors that would make x larger, are refused", () => {
  for (const run of [normalize, layerNormalization, rmsNormalization] as const) {
    expect(() => run(constant(1, [2, 3], "i32"))).toThrow(expect.objectContaining({ code: "DTYPE_MISMATCH" }));
    expect(() => run(constant(1, [2, 3]), { gain: constant(1, [2, 2, 3]) })).toThrow(expect.objectContaining({ code: "SHAPE_MISMATCH" }));
  }
});
