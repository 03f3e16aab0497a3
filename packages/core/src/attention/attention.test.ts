// Every score in every option: output and weights against plain code, gradients against finite differences.
import { expect, test } from "vitest";
import {
  attend,
  attention,
  dotAttention,
  literal,
  notEqual,
  tanh,
  type Attention,
  type AttentionInputs,
  type AttentionResult,
  type Score,
  type Tensor,
  type Weight,
} from "../index.ts";
import { open } from "../reference.ts";
import { attended, attendings, dataOf, softCap, units, type Attending } from "../testing/attending.ts";
import { hunt } from "../testing/hunt.ts";
import { misses, normal, normalWeights } from "../testing/numbers.ts";
import { evaluate } from "../testing/running.ts";
import { wrongSlopes } from "../testing/slopes.ts";

const backend = await open();
const scores = ["dot", "scaledDot", "additive", "concat"] as const;
const moduleOf = (score: Score) => (score === "additive" ? attention({ score, units }) : attention({ score }));

interface Inputs {
  readonly weights: Readonly<Record<string, Tensor>>;
  readonly q: Tensor;
  readonly k: Tensor;
  readonly v: Tensor;
  readonly options: Readonly<Record<string, Tensor>>;
}

function run(score: Score, { has, causal }: Attending, { weights, q, k, v, options }: Inputs) {
  const inputs: AttentionInputs = {
    query: q,
    key: k,
    value: v,
    causal,
    softCap: has.softCap ? softCap : undefined,
    ...options,
  };
  const { scores: all, ...result } = moduleOf(score).run(weights as never, inputs); // the score's own weights, by name
  return { ...result, scores: all.mul(notEqual(result.weights, 0)) };
}

interface Plain {
  readonly w: Readonly<Record<string, Tensor>>;
  readonly q: Tensor;
  readonly k: Tensor;
  readonly v: Tensor;
}
const partly: readonly [title: string, module: Attention<never>, plain: (given: Plain) => AttentionResult][] = [
  [
    "a learnt scale multiplies products",
    attention({ score: "dot", useScale: true }) as unknown as Attention<never>,
    ({ w, q, k, v }) => dotAttention(q.mul(w["scale"]!), k, v),
  ],
  [
    "without projections the additive score is v·tanh(q + k)",
    attention({ score: "additive", useProjections: false }) as unknown as Attention<never>,
    ({ w, q, k, v }) =>
      attend(
        tanh(q.expand(-2).add(k.expand(-3)))
          .mul(w["v"]!)
          .sum(-1),
        v,
      ),
  ],
  [
    "without v it is the sum",
    attention({ score: "additive", units: 2, useScale: false }) as unknown as Attention<never>,
    ({ w, q, k, v }) => attend(tanh(q.dot(w["wq"]!).add(w["b"]!).expand(-2).add(k.dot(w["wk"]!).expand(-3))).sum(-1), v),
  ],
];
test.each(partly)("%s, and every gradient is what finite differences say", async (_, module, plain) => {
  const at = {
    w: normalWeights(module.weights({ query: 3 }) as Readonly<Record<string, Weight>>, 1),
    q: normal("q", 2, 2, 3),
    k: normal("k", 2, 4, 3),
    v: normal("v", 2, 4, 2),
  };
  const run = ({ w, q, k, v }: Plain): AttentionResult => module.run(w as never, { query: q, key: k, value: v });
  expect(misses(await evaluate(backend, run, at), await evaluate(backend, plain, at))).toEqual([]);
  const loss = (given: Plain): Tensor => tanh(run(given).output).sum();
  expect(await wrongSlopes(backend, loss as (at: never) => Tensor, at)).toEqual([]);
});

for (const score of scores) {
  test(`${score}: output, weights and scores are what the equations say, with any options`, async () => {
    await hunt(
      attendings,
      async (attending) => {
        const got = await evaluate(backend, (inputs: Inputs) => run(score, attending, inputs), dataOf(attending, score));
        expect(misses(got, attended(attending, score))).toEqual([]);
      },
      800,
    );
  });

  test(`${score}: every gradient is what finite differences say, with any options`, async () => {
    await hunt(
      attendings,
      async (attending) => {
        const { options, ...floats } = dataOf(attending, score),
          { bias, residual, ...rest } = options;
        const fixed = Object.fromEntries(Object.entries(rest).map(([name, { data, shape }]) => [name, () => literal(data, shape)]));
        const loss = (inputs: Inputs): Tensor => {
          const constants = Object.fromEntries(Object.entries(fixed).map(([name, make]) => [name, make()]));
          const { output, weights, scores: each } = run(score, attending, { ...inputs, options: { ...inputs.options, ...constants } });
          return tanh(output).sum().add(weights.mul(weights).sum()).add(tanh(each).sum());
        };
        const at = { ...floats, options: { ...(bias && { bias }), ...(residual && { residual }) } };
        expect(await wrongSlopes(backend, loss as (at: never) => Tensor, at, attending.seed)).toEqual([]);
      },
      800,
    );
  });
}
