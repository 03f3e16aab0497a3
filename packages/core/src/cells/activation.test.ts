import { expect, test } from "vitest";
import { activations, compile, gradient, gru, lstm, rnn, type Activation, type Tensor } from "../index.ts";
import { erf } from "../program/index.ts";
import { open } from "../reference.ts";

const backend = await open();
const points = Float64Array.of(-4, -2.5, -0.5, 0, 1, 2.5, 4);

function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
function sixths(x: number): number {
  return Math.min(Math.max(x / 6 + 0.5, 0), 1);
}
function phi(x: number): number {
  return 0.5 * (1 + erf(x / Math.SQRT2));
}
function density(x: number): number {
  return Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
}
function cubic(x: number): number {
  return Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3);
}
const [lambda, alpha] = [1.0507009873554805, 1.6732632423543772];

const formulas: { readonly [A in Activation]: readonly [f: (x: number) => number, slope: (x: number) => number] } = {
  linear: [(x) => x, () => 1],
  relu: [(x) => Math.max(x, 0), (x) => (x > 0 ? 1 : 0)],
  sigmoid: [(x) => 1 / (1 + Math.exp(-x)), (x) => Math.exp(-x) / (1 + Math.exp(-x)) ** 2],
  hardSigmoid: [(x) => Math.min(Math.max(0.2 * x + 0.5, 0), 1), (x) => (Math.abs(x) < 2.5 ? 0.2 : 0)],
  tanh: [Math.tanh, (x) => 1 / Math.cosh(x) ** 2],
  softsign: [(x) => x / (1 + Math.abs(x)), (x) => 1 / (1 + Math.abs(x)) ** 2],
  softplus: [(x) => Math.log1p(Math.exp(x)), logistic],
  hardSigmoidKeras3: [sixths, (x) => (Math.abs(x) < 3 ? 1 / 6 : 0)],
  hardTanh: [(x) => Math.min(Math.max(x, -1), 1), (x) => (Math.abs(x) < 1 ? 1 : 0)],
  hardSilu: [(x) => x * sixths(x), (x) => (Math.abs(x) < 3 ? x / 3 + 0.5 : x > 0 ? 1 : 0)],
  silu: [(x) => x * logistic(x), (x) => logistic(x) * (1 + x * logistic(-x))],
  gelu: [(x) => x * phi(x), (x) => phi(x) + x * density(x)],
  geluTanh: [
    (x) => 0.5 * x * (1 + Math.tanh(cubic(x))),
    (x) => 0.5 * (1 + Math.tanh(cubic(x))) + ((0.5 * x) / Math.cosh(cubic(x)) ** 2) * Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x * x),
  ],
  elu: [(x) => (x > 0 ? x : Math.expm1(x)), (x) => (x > 0 ? 1 : Math.exp(x))],
  selu: [(x) => lambda * (x > 0 ? x : alpha * Math.expm1(x)), (x) => lambda * (x > 0 ? 1 : alpha * Math.exp(x))],
  celu: [(x) => Math.max(x, 0) + Math.min(0, Math.expm1(x)), (x) => (x > 0 ? 1 : Math.exp(x))],
  leakyRelu: [(x) => (x > 0 ? x : 0.2 * x), (x) => (x > 0 ? 1 : 0.2)],
  relu6: [(x) => Math.min(Math.max(x, 0), 6), (x) => (x > 0 && x < 6 ? 1 : 0)],
  mish: [
    (x) => x * Math.tanh(Math.log1p(Math.exp(x))),
    (x) => Math.tanh(Math.log1p(Math.exp(x))) + (x * logistic(x)) / Math.cosh(Math.log1p(Math.exp(x))) ** 2,
  ],
  exponential: [Math.exp, Math.exp],
  logSigmoid: [(x) => -Math.log1p(Math.exp(-x)), (x) => logistic(-x)],
  tanhShrink: [(x) => x - Math.tanh(x), (x) => Math.tanh(x) ** 2],
  softShrink: [(x) => Math.sign(x) * Math.max(Math.abs(x) - 0.5, 0), (x) => (Math.abs(x) > 0.5 ? 1 : 0)],
  hardShrink: [(x) => (Math.abs(x) > 0.5 ? x : 0), (x) => (Math.abs(x) > 0.5 ? 1 : 0)],
  squareplus: [(x) => (x + Math.sqrt(x * x + 4)) / 2, (x) => (1 + x / Math.sqrt(x * x + 4)) / 2],
  sparsePlus: [(x) => (x <= -1 ? 0 : x < 1 ? (x + 1) ** 2 / 4 : x), (x) => Math.min(Math.max((x + 1) / 2, 0), 1)],
  sparseSigmoid: [(x) => Math.min(Math.max((x + 1) / 2, 0), 1), (x) => (Math.abs(x) < 1 ? 0.5 : 0)],
};

for (const [name, [f, slope]] of Object.entries(formulas) as [Activation, (typeof formulas)["relu"]][])
  test(`${name} and its slope are their formulas, at kinks with slope 0 where it is flat on one side`, async () => {
    const run = compile(backend, (x: Tensor) => {
      const y = activations[name](x);
      return { y, slope: gradient(y.sum(), x) };
    });
    const got = await run(points);
    const [y, slopes] = [await got.y.read(), await got.slope.read()];
    points.forEach((x, i) => {
      expect(y[i]).toBeCloseTo(f(x), 14);
      expect(slopes[i]).toBeCloseTo(slope(x), 14);
    });
  });

test("they have their known values", async () => {
  // By mpmath 1.3 in 200 bits, from the formulas of the papers.
  const known: readonly (readonly [Activation, number, number])[] = [
    ["gelu", -3, -0.0040496940948902835],
    ["gelu", -0.5, -0.15426876936299344],
    ["gelu", 1, 0.8413447460685429],
    ["gelu", 2.5, 2.4844758366855597],
    ["geluTanh", -3, -0.003637392081773019],
    ["geluTanh", -0.5, -0.15428599017485609],
    ["geluTanh", 1, 0.8411919906082767],
    ["geluTanh", 2.5, 2.484915733910001],
    ["silu", -3, -0.14227761953270035],
    ["silu", -0.5, -0.18877033439907273],
    ["silu", 1, 0.7310585786300049],
    ["silu", 2.5, 2.310354549946891],
    ["mish", -3, -0.14564746127562458],
    ["mish", -0.5, -0.22074377465173],
    ["mish", 1, 0.8650983882673103],
    ["mish", 2.5, 2.471392304557881],
    ["elu", -3, -0.950212931632136],
    ["elu", -0.5, -0.3934693402873666],
    ["elu", 1, 1.0],
    ["elu", 2.5, 2.5],
    ["selu", -3, -1.6705687287671118],
    ["selu", -0.5, -0.6917581878028713],
    ["selu", 1, 1.0507009873554805],
    ["selu", 2.5, 2.6267524683887014],
    ["squareplus", -3, 0.3027756377319947],
    ["squareplus", -0.5, 0.7807764064044151],
    ["squareplus", 1, 1.618033988749895],
    ["squareplus", 2.5, 2.850781059358212],
    ["logSigmoid", -3, -3.048587351573742],
    ["logSigmoid", -0.5, -0.9740769841801067],
    ["logSigmoid", 1, -0.3132616875182228],
    ["logSigmoid", 2.5, -0.07888973429254963],
    ["softplus", -3, 0.04858735157374206],
    ["softplus", -0.5, 0.4740769841801067],
    ["softplus", 1, 1.3132616875182228],
    ["softplus", 2.5, 2.5788897342925496],
    ["tanhShrink", -3, -2.0049452463132695],
    ["tanhShrink", -0.5, -0.03788284273999024],
    ["tanhShrink", 1, 0.23840584404423512],
    ["tanhShrink", 2.5, 1.5133857018485697],
  ];
  for (const [name, x, y] of known) {
    const [got] = await (await compile(backend, activations[name])(Float64Array.of(x))).read();
    expect([name, x, Math.abs(got! - y) <= 1e-15 * Math.max(1, Math.abs(y))]).toEqual([name, x, true]);
  }
});

test("at ±∞ they are their limits, and of NaN they are NaN, in f32 as in f64", async () => {
  const [zero, one, same] = [
    { left: 0, right: Infinity },
    { left: 0, right: 1 },
    { left: -Infinity, right: Infinity },
  ];
  const limits: { readonly [A in Activation]?: { readonly left: number; readonly right: number } } = {
    ...{
      relu: zero,
      sigmoid: one,
      hardSigmoid: one,
      softplus: zero,
      hardSigmoidKeras3: one,
      hardSilu: zero,
      silu: zero,
      gelu: zero,
      geluTanh: zero,
    },
    ...{
      tanh: { left: -1, right: 1 },
      hardTanh: { left: -1, right: 1 },
      elu: { left: -1, right: Infinity },
      celu: { left: -1, right: Infinity },
    },
    ...{ leakyRelu: same, linear: same, relu6: { left: 0, right: 6 }, mish: zero, exponential: zero, tanhShrink: same, softShrink: same },
    ...{ selu: { left: -lambda * alpha, right: Infinity }, logSigmoid: { left: -Infinity, right: 0 }, hardShrink: same, squareplus: zero },
    ...{ sparsePlus: zero, sparseSigmoid: one },
  };
  for (const [name, { left, right }] of Object.entries(limits) as [Activation, { left: number; right: number }][])
    for (const Values of [Float32Array, Float64Array]) {
      const [a, b, c] = await (await compile(backend, activations[name])(Values.of(-Infinity, Infinity, NaN))).read();
      const round = (x: number): number => Values.of(x)[0]! + 0;
      expect([name, a! + 0, b! + 0, c]).toEqual([name, round(left), round(right), NaN]);
    }
});

test("no slope is NaN where the function is flat or straight", async () => {
  const bad: string[] = [];
  for (const name of Object.keys(activations) as Activation[]) {
    const slopes = compile(backend, (x: Tensor) => gradient(activations[name](x).sum(), x));
    if ((await (await slopes(Float64Array.of(-1e4, -800, 600, 1e4))).read()).some((slope: number) => Number.isNaN(slope))) bad.push(name);
  }
  expect(bad).toEqual([]);
});

test("a name that is none is refused where the cell is made, with those there are", () => {
  const refused = expect.objectContaining({
    code: "INVALID_ARGUMENT",
    message: expect.stringContaining("activation must be one of linear, relu, sigmoid, hardSigmoid, tanh, softsign"),
  });
  for (const make of [lstm, gru, rnn] as const) expect(() => (make as typeof rnn)({ activation: "swish" as Activation })).toThrow(refused);
  expect(() => lstm({ recurrentActivation: "toString" as Activation })).toThrow(
    /^lstm: recurrentActivation must be one of linear, relu, .*, got "toString"/,
  );
  expect(() => gru({ recurrentActivation: "toString" as Activation })).toThrow("gru: recurrentActivation must be one of linear");
});
