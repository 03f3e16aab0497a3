import { attention, compile, concat, constant, gru as cell, initialise, type Tensor, type Tree, type Weight } from "@sluice/core";
import { open } from "@sluice/core/reference";
import { afterAll, expect, test } from "vitest";
import {
  adam,
  attentionDecoder,
  bidirectional,
  dense,
  deserialize,
  embedding,
  gru,
  input,
  lstm,
  model,
  sequential,
  serialize,
} from "../index.ts";
import { Also } from "./layer.ts";
import { specOf } from "./spec.ts";

const backend = await open();
afterAll(() => backend.close());
const [batch, steps, keys, features, size, units] = [2, 3, 4, 2, 5, 5] as const;
const ramp = (...shape: readonly number[]) => {
  const length = shape.reduce((a, b) => a * b, 1);
  return { dtype: "f64", shape, data: Float64Array.from({ length }, (_, i) => Math.sin(1.3 * i + 1)) } as const;
};
const refused = (what: string) => expect.objectContaining({ code: "INVALID_ARGUMENT", message: expect.stringContaining(what) });

for (const score of ["additive", "dot", "scaledDot", "concat"] as const) {
  test(`${score}: it is the cell on x and the context, step by step, and tells its scores`, async () => {
    const layer = attentionDecoder(gru({ units, returnSequences: true }), { score });
    const built = layer.build(specOf([steps, features], "float"), "decoder", { memory: specOf([keys, size], "float") });
    const module = score === "additive" ? attention({ score, units }) : attention({ score });
    const inner = cell();
    const run = compile(backend, ({ w, x, memory }: { w: Tree<Tensor>; x: Tensor; memory: Tensor }) => {
      const given = built.apply(w, x, { beside: { memory } }) as Also;
      const own = w as { readonly cell: never; readonly attention: never };
      let h = constant(0, [batch, units], "f64");
      const [outputs, scores]: [Tensor[], Tensor[]] = [[], []];
      for (let t = 0; t < steps; t++) {
        const looked = module.run(own.attention, { query: h.expand(1), key: memory });
        const stepped = inner.step(own.cell, concat([x.at(1, t), looked.output.squeeze(1)]), { h });
        h = stepped.state.h;
        outputs.push(stepped.output.expand(1));
        scores.push(looked.weights);
      }
      return {
        layer: given.value as Tensor,
        scores: given.also["scores"] as Tensor,
        plain: concat(outputs, 1),
        plainScores: concat(scores, 1),
      };
    });
    const w = initialise(built.weights as Readonly<Record<string, Weight>>, { seed: 1, dtype: "f64" });
    const result = await run({ w, x: ramp(batch, steps, features), memory: ramp(batch, keys, size) } as never);
    const close = async (a: { read(): Promise<ArrayLike<number>> }, b: { read(): Promise<ArrayLike<number>> }) => {
      const [left, right] = [Array.from(await a.read()), Array.from(await b.read())];
      expect(left).toHaveLength(right.length);
      left.forEach((v, i) => expect(v).toBeCloseTo(right[i]!, 12));
    };
    await close(result.layer, result.plain);
    await close(result.scores, result.plainScores);
  });
}

/** A translator from source to target. */
function translator() {
  const [source, target] = [input({ dtype: "i32" }), input({ dtype: "i32" })];
  const embed = embedding({ inputDim: 6, outputDim: 4, maskIndex: 0 });
  const memory = bidirectional(gru({ units: 3, returnSequences: true }))(embed(source));
  const decoded = attentionDecoder(lstm({ units: 6, returnSequences: true, dropout: 0.2 }))(embed(target), { memory });
  const outputs = { next: dense({ units: 6, activation: "softmax" })(decoded), alignment: decoded.scores };
  return model({ inputs: { source, target }, outputs });
}
const x = { source: [[1, 2, 3], [4, 5, 0]], target: [[1, 3, 5, 2], [5, 4, 0, 0]] }; // prettier-ignore

test("what stands at steps of the memory that do not count changes nothing and gets no weight; it comes back from a file and trains on", async () => {
  const options = { backend, optimizer: adam({ learningRate: 0.01 }), loss: { next: "sparseCategoricalCrossentropy" }, seed: 1 } as const;
  using trainer = await translator().compile(options);
  await trainer.fit({ x, y: { next: x.target } }, { epochs: 2 });
  const { alignment } = await trainer.predict(x);
  expect([...alignment.data.subarray(12)].filter((_, i) => i % 3 === 2)).toEqual([0, 0, 0, 0]);
  const bytes = await serialize(trainer, { optimizer: true });
  using again = await deserialize<"source" | "target", "next" | "alignment">(bytes).compile(options);
  expect(await again.predict(x)).toEqual(await trainer.predict(x));
  for (const each of [trainer, again]) await each.fit({ x, y: { next: x.target } }, { epochs: 1 });
  expect(await again.weights()).toEqual(await trainer.weights());
});

test("step by step it gives what it gives as a whole", async () => {
  using trainer = await translator().compile({ backend, dtype: "f64" });
  const inputs = { source: x.source, target: [[1, 3, 5, 2], [5, 4, 1, 1]] }; // prettier-ignore
  const whole = await trainer.predict(inputs);
  using stream = await trainer.stream({ over: "target", inputs: { source: x.source } });
  for (let t = 0; t < 4; t++) {
    const { next, alignment } = await stream.step(inputs.target.map((row) => row[t]!));
    [0, 1].forEach((row) => {
      next.data.subarray(row * 6, row * 6 + 6).forEach((v, i) => expect(v).toBeCloseTo(whole.next.data[(row * 4 + t) * 6 + i]!, 12));
      alignment.data
        .subarray(row * 3, row * 3 + 3)
        .forEach((v, i) => expect(v).toBeCloseTo(whole.alignment.data[(row * 4 + t) * 3 + i]!, 12));
    });
  }
});

test("a layer that cannot ask, or nothing to look at, is refused", () => {
  expect(() => attentionDecoder(dense({ units: 1 }) as never)).toThrow(refused("the layer inside must be a recurrent layer"));
  expect(() => attentionDecoder(gru({ units: 1, goBackwards: true }))).toThrow(refused("one that is neither"));
  expect(() => attentionDecoder(gru({ units: 1, stateful: true }))).toThrow(refused("one that is neither"));
  expect(() => attentionDecoder(gru({ units: 1 }), { units: 3 } as never)).toThrow(refused('there is no option "units"'));
  const chain = sequential([input({ shape: [3, 2] }), attentionDecoder(gru({ units: 2 }))]);
  expect(() => chain.summary()).toThrow(refused("has no memory to look at"));
});
