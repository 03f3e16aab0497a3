// Every score in every option: output and weights against plain code, gradients against finite differences.
import { expect, test } from "vitest";
import { attention, literal, notEqual, tanh, type AttentionInputs, type Score, type Tensor } from "../index.ts";
import { open } from "../reference.ts";
import { attended, attendings, dataOf, softCap, units, type Attending } from "../testing/attending.ts";
import { hunt } from "../testing/hunt.ts";
import { misses } from "../testing/numbers.ts";
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
