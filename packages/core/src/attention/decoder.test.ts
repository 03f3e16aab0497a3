// A decoder that attends to an encoder's memory at every step, inside a scan: gradients reach the memory and the attention's weights.
import { expect, test } from "vitest";
import { attention, dot, scan, slice, stack, tanh, type AttentionOptions, type Score, type Tensor } from "../index.ts";
import { open } from "../reference.ts";
import { misses, normal, normalWeights } from "../testing/numbers.ts";
import { evaluate } from "../testing/running.ts";
import { wrongSlopes } from "../testing/slopes.ts";

const backend = await open();
const [batch, steps, keys, features] = [2, 4, 3, 3];

type Given = {
  readonly own: Readonly<Record<string, Tensor>>;
  readonly w: Tensor;
  readonly x: Tensor;
  readonly h: Tensor;
  readonly memory: Tensor;
};

for (const score of ["dot", "scaledDot", "additive", "concat"] as const) {
  const module = score === "additive" ? attention({ score, units: 2 }) : attention({ score: score as Exclude<Score, "additive"> });
  const at = {
    own: normalWeights(module.weights({ query: features }), 1),
    w: normal("w", 2 * features, features),
    x: normal("x", steps, batch, features),
    h: normal("h", batch, features),
    memory: normal("memory", batch, keys, features),
  };
  /** h′ = tanh([context h]·w + x), asking with h. */
  const step = ({ own, w, memory }: Given, h: Tensor, x: Tensor, options: AttentionOptions): Tensor => {
    const { output } = module.run(own as never, { query: h.expand(1), key: memory, ...options });
    return tanh(
      dot(output.squeeze(1), slice(w, 0, 0, features))
        .add(dot(h, slice(w, 0, features)))
        .add(x),
    );
  };
  const looped = (given: Given): Tensor =>
    scan({
      state: given.h,
      inputs: given.x,
      step: (h, x) => {
        const next = step(given, h, x, { causal: true });
        return { state: next, output: next };
      },
    }).outputs;

  test(`${score}: a scan gives what the steps one by one give`, async () => {
    const unrolled = (given: Given): Tensor => {
      const states = [given.h];
      for (let t = 0; t < steps; t++) states.push(step(given, states[t]!, given.x.at(0, t), { causal: true }));
      return stack(states.slice(1));
    };
    expect(misses(await evaluate(backend, looped, at), await evaluate(backend, unrolled, at))).toEqual([]);
  });

  test(`${score}: every gradient through the scan is what finite differences say`, async () => {
    const loss = (given: Given): Tensor => looped(given).mul(looped(given)).sum();
    expect(await wrongSlopes(backend, loss as (at: never) => Tensor, at)).toEqual([]);
  });
}
