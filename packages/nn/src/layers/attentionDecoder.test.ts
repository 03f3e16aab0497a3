import {
  attention,
  compile,
  concat,
  constant,
  gradient,
  gru as cell,
  initialise,
  leavesOf,
  tanh,
  type Tensor,
  type Tree,
  type Weight,
} from "@sluice/core";
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
  sgd,
  type AttentionDecoderConfig,
  type LstmConfig,
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

for (const inputFeeding of [false, true])
  for (const score of ["dot", "additive"] as const)
    test(`${score} after the step${inputFeeding ? ", fed back" : ""}: it is a plain loop of steps, contexts and attentional vectors, forward and back`, async () => {
      const options = { score, attends: "after", inputFeeding, attentionalUnits: 3 } as const;
      const layer = attentionDecoder(gru({ units, returnSequences: true, initialState: "learnt" }), options);
      const built = layer.build(specOf([steps, features], "float"), "decoder", { memory: specOf([keys, size], "float") });
      const module = score === "additive" ? attention({ score, units }) : attention({ score });
      type Inputs = {
        readonly w: Readonly<Record<"cell" | "attention" | "attentional", never>>;
        readonly x: Tensor;
        readonly memory: Tensor;
      };
      const run = compile(backend, (at: Inputs) => {
        const { w, x, memory } = at;
        const { initial, ...own } = w.cell as { readonly initial: { readonly h: Tensor } };
        let [h, made] = [initial.h.broadcastTo([batch, units]), constant(0, [batch, 3], "f64")];
        const [outputs, scores]: [Tensor[], Tensor[]] = [[], []];
        for (let t = 0; t < steps; t++) {
          h = cell().step(own as never, inputFeeding ? concat([x.at(1, t), made]) : x.at(1, t), { h }).state.h;
          const looked = module.run(w.attention, { query: h.expand(1), key: memory });
          made = tanh(concat([looked.output.squeeze(1), h]).dot(w.attentional));
          outputs.push(made.expand(1));
          scores.push(looked.weights);
        }
        const given = built.apply(w as never, x, { beside: { memory } }) as Also;
        const part = (output: Tensor, all: Tensor, state: Tensor) => {
          const loss = output.mul(output).sum().add(all.mul(all).sum()).add(state.mul(state).sum());
          return { output, all, state, gradients: gradient(loss, at as never) as Tree<Tensor> };
        };
        const state = (given.also["state"] as { readonly h: Tensor }).h;
        return {
          layer: part(given.value as Tensor, given.also["scores"] as Tensor, state),
          plain: part(concat(outputs, 1), concat(scores, 1), h),
        };
      });
      const w = initialise(built.weights as Readonly<Record<string, Weight>>, { seed: 1, dtype: "f64" });
      const result = await run({ w, x: ramp(batch, steps, features), memory: ramp(batch, keys, size) } as never);
      const numbers = async (tree: unknown) => {
        const leaves = leavesOf(tree, (leaf) => typeof (leaf as { read?: unknown }).read === "function");
        return Promise.all(
          leaves.map(async ([path, leaf]) => [path, [...(await (leaf as { read(): Promise<Float64Array> }).read())]] as const),
        );
      };
      const [got, want] = [await numbers(result.layer), await numbers(result.plain)];
      expect(got.map(([path, values]) => [path, values.length])).toEqual(want.map(([path, values]) => [path, values.length]));
      got.forEach(([path, values], i) => values.forEach((v, j) => expect(v, `${path} ${j}`).toBeCloseTo(want[i]?.[1][j] ?? NaN, 12)));
      expect((built.output as { readonly shape: readonly number[] }).shape).toEqual([steps, 3]);
    });

/** A translator from source to target. */
function translator(options: AttentionDecoderConfig = {}) {
  const [source, target] = [input({ dtype: "i32" }), input({ dtype: "i32" })];
  const embed = embedding({ inputDim: 6, outputDim: 4, maskIndex: 0 });
  const memory = bidirectional(gru({ units: 3, returnSequences: true }))(embed(source));
  const decoded = attentionDecoder(lstm({ units: 6, returnSequences: true, dropout: 0.2 }), options)(embed(target), { memory });
  const outputs = { next: dense({ units: 6, activation: "softmax" })(decoded), alignment: decoded.scores };
  return model({ inputs: { source, target }, outputs });
}
const x = { source: [[1, 2, 3], [4, 5, 0]], target: [[1, 3, 5, 2], [5, 4, 0, 0]] }; // prettier-ignore

const ways = [{}, { attends: "after", inputFeeding: true, score: "dot" }] as const;

test.each(ways)(
  "%j: what stands at steps of the memory that do not count changes nothing and gets no weight; it comes back from a file and trains on",
  async (way) => {
    const options = { backend, optimizer: adam({ learningRate: 0.01 }), loss: { next: "sparseCategoricalCrossentropy" }, seed: 1 } as const;
    using trainer = await translator(way).compile(options);
    await trainer.fit({ x, y: { next: x.target } }, { epochs: 2 });
    const { alignment } = await trainer.predict(x);
    expect([...alignment.data.subarray(12)].filter((_, i) => i % 3 === 2)).toEqual([0, 0, 0, 0]);
    const bytes = await serialize(trainer, { optimizer: true });
    using again = await deserialize<"source" | "target", "next" | "alignment">(bytes).compile(options);
    expect(await again.predict(x)).toEqual(await trainer.predict(x));
    for (const each of [trainer, again]) await each.fit({ x, y: { next: x.target } }, { epochs: 1 });
    expect(await again.weights()).toEqual(await trainer.weights());
  },
);

test.each(ways)("%j: step by step it gives what it gives as a whole", async (way) => {
  using trainer = await translator(way).compile({ backend, dtype: "f64" });
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

test.each(ways)("%j: what the layer inside says of its weights and of its output holds here too", async (way) => {
  const [target, memory] = [input({ shape: [3, 2] }), input({ shape: [2, 2] })];
  const inside: LstmConfig = {
    ...{ units: 2, returnSequences: true, recurrentRegularizer: { l2: 0.25 }, biasConstraint: { maxNorm: 0.5 } },
    ...({ kernelInitializer: { constant: 0.5 }, recurrentInitializer: "ones", biasInitializer: "ones" } as const),
  };
  const compiling = { backend, loss: { y: "mse" }, optimizer: sgd({ learningRate: 0 }), dtype: "f64", seed: 1 } as const;
  const trained = (more: Partial<LstmConfig>) => {
    const decoded = attentionDecoder(lstm({ ...inside, ...more }), { ...way, name: "decoder" })(target, { memory });
    return model({ inputs: { target, memory }, outputs: { y: decoded } }).compile(compiling);
  };
  const data = { x: { target: [[[1, 2], [3, 4], [5, 6]]], memory: [[[1, 0], [0, 1]]] }, y: { y: [[[0, 0], [0, 0], [0, 0]]] } }; // prettier-ignore
  const cellOf = async (trainer: Awaited<ReturnType<typeof trained>>) => (await trainer.weights())["decoder"]?.["cell"];
  using trainer = await trained({});
  using dear = await trained({ activityRegularizer: { l1: 2 } });
  using free = await trained({ recurrentRegularizer: { l2: 0 } });
  const own = await cellOf(trainer);
  for (const [name, value] of [["wx", 0.5], ["wh", 1], ["b", 1]] as const) expect([name, new Set(own?.[name]?.data)]).toEqual([name, new Set([value])]); // prettier-ignore
  const [{ loss }, { loss: dearer }, { loss: cheaper }] = [
    await trainer.evaluate(data),
    await dear.evaluate(data),
    await free.evaluate(data),
  ];
  expect(loss - cheaper).toBeCloseTo(0.25 * 2 * 8, 12); // wh [2, 8] of ones
  const { y } = await trainer.predict(data.x);
  expect(dearer - loss).toBeCloseTo(2 * y.data.reduce((sum, v) => sum + Math.abs(v), 0), 12);
  await trainer.fit(data, { epochs: 1 });
  expect(Math.hypot(...((await cellOf(trainer))?.["b"]?.data ?? []))).toBeCloseTo(0.5, 6);
});

test("a layer that cannot ask, or nothing to look at, is refused", () => {
  expect(() => attentionDecoder(dense({ units: 1 }) as never)).toThrow(refused("the layer inside must be a recurrent layer"));
  expect(() => attentionDecoder(gru({ units: 1, goBackwards: true }))).toThrow(refused("one with goBackwards"));
  expect(() => attentionDecoder(gru({ units: 1, stateful: true }))).toThrow(refused("one with stateful"));
  expect(() => attentionDecoder(gru({ units: 1, carrySteps: 2 }))).toThrow(refused("one with carrySteps"));
  expect(() => attentionDecoder(gru({ units: 1 }), { units: 3 } as never)).toThrow(refused('there is no option "units"'));
  expect(() => attentionDecoder(gru({ units: 1 }), { inputFeeding: true })).toThrow(refused('Set attends: "after"'));
  const chain = sequential([input({ shape: [3, 2] }), attentionDecoder(gru({ units: 2 }))]);
  expect(() => chain.summary()).toThrow(refused("has no memory to look at"));
});
