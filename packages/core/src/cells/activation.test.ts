import { expect, test } from "vitest";
import { activations, compile, gradient, gru, lstm, rnn, type Activation, type Tensor } from "../index.ts";
import { open } from "../reference.ts";

const backend = await open();
const points = Float64Array.of(-4, -2.5, -0.5, 0, 1, 2.5, 4);

const formulas: { readonly [A in Activation]: readonly [f: (x: number) => number, slope: (x: number) => number] } = {
  linear: [(x) => x, () => 1],
  relu: [(x) => Math.max(x, 0), (x) => (x > 0 ? 1 : 0)],
  sigmoid: [(x) => 1 / (1 + Math.exp(-x)), (x) => Math.exp(-x) / (1 + Math.exp(-x)) ** 2],
  hardSigmoid: [(x) => Math.min(Math.max(0.2 * x + 0.5, 0), 1), (x) => (Math.abs(x) < 2.5 ? 0.2 : 0)],
  tanh: [Math.tanh, (x) => 1 / Math.cosh(x) ** 2],
  softsign: [(x) => x / (1 + Math.abs(x)), (x) => 1 / (1 + Math.abs(x)) ** 2],
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

test("a name that is none is refused where the cell is made, with those there are", () => {
  const refused = expect.objectContaining({
    code: "INVALID_ARGUMENT",
    message: expect.stringContaining("activation must be one of linear, relu, sigmoid, hardSigmoid, tanh, softsign"),
  });
  for (const make of [lstm, gru, rnn] as const) expect(() => (make as typeof rnn)({ activation: "swish" as Activation })).toThrow(refused);
  expect(() => lstm({ recurrentActivation: "toString" as Activation })).toThrow(
    'lstm: recurrentActivation must be one of linear, relu, sigmoid, hardSigmoid, tanh, softsign, got "toString"',
  );
  expect(() => gru({ recurrentActivation: "toString" as Activation })).toThrow("gru: recurrentActivation must be one of linear");
});
