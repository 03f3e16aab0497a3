// Every cell in every kind of variant: its gradient with respect to weights, x, states and masks against finite differences.
import { expect, test } from "vitest";
import {
  bidirectional,
  gru,
  literal,
  lstm,
  mgu,
  recurrence,
  rnn,
  square,
  tanh,
  tensorsOf,
  variationalDropout,
  zoneout,
  type Activation,
  type Cell,
  type HostArray,
  type Recurrence,
  type Tensor,
  type Tree,
} from "../index.ts";
import { open } from "../reference.ts";
import { normal, normalWeights } from "../testing/numbers.ts";
import { wrongSlopes } from "../testing/slopes.ts";

const backend = await open();
const [batch, steps, input, units] = [3, 4, 2, 3] as const;

const lstms = { peepholes: { peepholes: true }, coupled: { coupled: true }, projection: { projection: 2 }, layerNorm: { layerNorm: true } };
const everything = { peepholes: true, coupled: true, projection: 2, layerNorm: true, cellClip: 0.4 } as const;
const cells: Readonly<Record<string, Cell>> = {
  ...Object.fromEntries(
    (["linear", "relu", "sigmoid", "hardSigmoid", "softsign"] as const).map((activation: Activation) => [
      `rnn ${activation}`,
      rnn({ activation }),
    ]),
  ),
  lstm: lstm(),
  ...Object.fromEntries(Object.entries(lstms).map(([name, options]) => [`lstm ${name}`, lstm(options)])),
  "lstm cellClip": lstm({ cellClip: 0.4 }),
  "lstm with everything": lstm(everything),
  "lstm with everything, relu and hard sigmoid": lstm({ ...everything, activation: "relu", recurrentActivation: "hardSigmoid" }),
  ...Object.fromEntries(
    (["after", "before", "none"] as const).flatMap((reset) =>
      [false, true].map((layerNorm) => [`gru reset ${reset}${layerNorm ? ", layerNorm" : ""}`, gru({ reset, layerNorm })]),
    ),
  ),
  "gru replaces, softsign and hard sigmoid": gru({ update: "replaces", activation: "softsign", recurrentActivation: "hardSigmoid" }),
  mgu: mgu(),
  "rnn without bias": rnn({ useBias: false }),
  "lstm with everything but biases": lstm({ ...everything, useBias: false }),
  ...Object.fromEntries(
    (["after", "before", "none"] as const).map((reset) => [`gru reset ${reset}, without biases`, gru({ reset, useBias: false })]),
  ),
  "mgu without bias": mgu({ useBias: false }),
  "zoneout lstm": zoneout(lstm(), { rates: { h: 0.3, c: 0.1 } }),
  "variationalDropout lstm": variationalDropout(lstm(), { states: ["h", "c"] }),
  "zoneout of variationalDropout of projected lstm": zoneout(variationalDropout(lstm({ projection: 2 })), { rates: 0.2 }),
};

for (const [name, cell] of Object.entries(cells)) {
  test(`${name}: every gradient is what finite differences say`, async () => {
    expect(await wrongSlopes(backend, lossOf(recurrence(cell)), inputsOf(recurrence(cell), cell))).toEqual([]);
  });
}

test("with lengths, in reverse and from a learnt state every gradient is what finite differences say", async () => {
  const cell = zoneout(variationalDropout(lstm(everything)), { rates: 0.2 }),
    learnt = recurrence(cell, { reverse: true, initialState: "learnt" });
  const { state: _, ...inputs } = inputsOf(learnt, cell);
  const lengths = Int32Array.of(4, 0, 2);
  expect(await wrongSlopes(backend, lossOf(learnt, lengths), inputs)).toEqual([]);
});

test("with a mask every gradient is what finite differences say", async () => {
  const cell = zoneout(lstm(everything), { rates: 0.2 }),
    masked = recurrence(cell, { initialState: "learnt" });
  const { state: _, ...inputs } = inputsOf(masked, cell);
  const mask = Int32Array.from({ length: batch * steps }, (_, i) => Number(i % 3 > 0));
  expect(await wrongSlopes(backend, lossOf(masked, undefined, mask), inputs)).toEqual([]);
});

test("both ways, each with masks of its own, every gradient is what finite differences say", async () => {
  const cell = variationalDropout(lstm({ projection: 2 })),
    both = bidirectional(cell, undefined, { initialState: "learnt" });
  const { extras, weights, x } = inputsOf(both, cell);
  const inputs = { weights, x, extras: { forward: extras, backward: { "dropout.h": normal("backward h", batch, 2) } } };
  expect(await wrongSlopes(backend, lossOf(both), inputs)).toEqual([]);
});

/** Of outputs, last and final states, unevenly. */
function lossOf(recurrence: Recurrence<unknown, unknown>, lengths?: Int32Array, mask?: Int32Array) {
  return ({ weights, x, ...given }: { readonly weights: Tree<Tensor>; readonly x: Tensor }): Tensor => {
    const { outputs, last, state } = recurrence.run(weights as never, x, {
      ...given,
      lengths: lengths && literal(lengths),
      mask: mask && literal(mask, [batch, steps]),
    });
    const states = tensorsOf(state as Tree<Tensor>).map(([, s]) => s.mul(1.7).sum());
    return states.reduce((sum, s) => sum.add(s), tanh(outputs).sum().add(square(last).sum()));
  };
}

function inputsOf(recurrence: Recurrence<unknown, unknown>, cell: Cell): Record<"weights" | "x" | "state" | "extras", Tree<HostArray>> {
  const sizes = { input, units };
  const of = (specs: Readonly<Record<string, { readonly axes: Readonly<Record<string, number>>; readonly per?: string }>>, lead: string) =>
    Object.fromEntries(
      Object.entries(specs).map(([key, { axes, per }]) => {
        const shape = [batch, ...(per === "step" ? [steps] : []), ...Object.values(axes)];
        return [key, normal(`${lead} ${key}`, ...shape)];
      }),
    );
  return {
    weights: normalWeights(recurrence.weights(sizes), "weights") as Tree<HostArray>,
    x: normal("x", batch, steps, input),
    state: of(cell.state(sizes), "state"),
    extras: of(cell.extras?.(sizes) ?? {}, "extras"),
  };
}
