import { square, type Backend, type Program, type Tensor } from "@sluice/core";
import { print } from "@sluice/core/kit";
import { open } from "@sluice/core/reference";
import { expect, test } from "vitest";
import { adam, adamW, dense, learn, sequential, sgd } from "../index.ts";
import { leavesNothing } from "../testing/leavesNothing.ts";

const weights = { kernel: { axes: { features: 2, out: 1 }, init: "glorotUniform" } } as const;
const inputs = { x: { dtype: "float", axes: ["batch", "features"] }, y: "float" } as const;
const loss = (w: { kernel: Tensor }, { x, y }: { x: Tensor; y: Tensor }): Tensor => square(x.dot(w.kernel).sub(y)).mean();
const batch = { x: [[1, 2], [3, 4]], y: [[1], [0]] }; // prettier-ignore
const endless: unknown[] = [];
endless.push(endless);
const base = { weights, inputs, loss, optimizer: sgd() };

test("a learner whose backend fails at any step leaves nothing behind, and the next one works", () =>
  leavesNothing(async (backend) => {
    await using learner = await learn(backend, {
      ...base,
      optimizer: adam(),
      groups: [{ weights: "kernel", l2: 0.1 }],
      gradientAccumulationSteps: 2,
      masks: { x: { shape: [2], rate: 0.5 } },
      state: { seen: [0] },
      loss: (w, { x, y }, { state }) => ({ loss: loss(w, { x, y }), state: { seen: state.seen.add(1) } }),
    });
    for (let i = 0; i < 3; i++) await learner.step(batch);
    await learner.step({ x: batch.x.slice(1), y: batch.y.slice(1) });
    await learner.evaluate(batch);
    (await learner.compile((w) => w.kernel.sum())()).dispose();
    await learner.checkpoint();
    await learner.measures();
  }));

test("options that make no sense are refused, with what to do about them", async () => {
  const backend = await open();
  for (const [options, what] of [
    [{ ...base, lr: 1 }, "lr"],
    [{ ...base, optimiser: sgd() }, "Did you mean optimizer?"],
    [{ ...base, optimizer: "adam" }, "an optimizer, such as adam()"],
    [{ ...base, weights: undefined }, "weights"],
    [{ ...base, weights: { kernel: { axes: { a: 1 } } } }, "weights.kernel.axes.a"],
    [{ ...base, weights: {} }, "with weights that train"],
    [{ ...base, weights: { kernel: { axes: { features: -2 }, init: "zeros" } } }, "kernel"],
    [{ ...base, inputs: { x: "f32" } }, "one of float, i32"],
    [{ ...base, inputs: {} }, "a record of names"],
    [{ ...base, loss: 5 }, "a function"],
    [{ ...base, groups: [{ weights: "bias", trainable: false }] }, '"bias"'],
    [{ ...base, groups: [{ weights: "kernal", trainable: false }] }, 'Did you mean "kernel"?'],
    [{ ...base, groups: [{ weights: "kernel", trainable: false }] }, "a weight at least"],
    [{ ...base, groups: [{ weights: "kernel", trainable: false, l2: 1 }] }, "have no use for l1, l2"],
    [{ ...base, groups: [{ weights: "kernel", decay: false }] }, "decay"],
    [{ ...base, gradientAccumulationSteps: 0 }, "at least 1"],
    [{ ...base, masks: { x: { shape: [2], rate: 2 } } }, "rate"],
    [{ ...base, state: { h: "zeros" } }, "state.h"],
    [{ ...base, state: { h: endless } }, "state.h"],
    [{ ...base, dtype: "f16" }, "f32, f64"],
  ] as const)
    await expect(learn(backend, options as never)).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      message: expect.stringContaining(what),
    });
  await expect(learn(undefined as never, base)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  await expect(learn(backend, { ...base, dtype: "i32" } as never)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
});

test("batches that do not fit and losses that give nothing to learn from are refused by name, and the learner goes on", async () => {
  const backend = await open();
  await using learner = await learn(backend, base);
  for (const [bad, code, what] of [
    [{ x: batch.x }, "INVALID_ARGUMENT", "y must be numbers"],
    [{ ...batch, z: 1 }, "INVALID_ARGUMENT", "z"],
    [{ ...batch, x: [1, 2] }, "INVALID_ARGUMENT", "[batch, features]"],
    [{ ...batch, x: [[1], [2]] }, "SHAPE_MISMATCH", "features"],
    [{ ...batch, x: "text" }, "INVALID_ARGUMENT", "x"],
    [undefined, "INVALID_ARGUMENT", "a record"],
  ] as const)
    await expect(learner.step(bad as never)).rejects.toMatchObject({ code, message: expect.stringContaining(what) });
  await learner.step(batch);
  expect((await learner.measures()).loss).toBeGreaterThan(0);

  for (const [result, code, what] of [
    [(l: Tensor) => l.expand(0), "SHAPE_MISMATCH", "must be a scalar, got [1]. Take its mean"],
    [() => 5, "INVALID_ARGUMENT", "what the loss returns"],
    [() => undefined, "INVALID_ARGUMENT", "what the loss returns"],
    [(l: Tensor) => ({ loss: l, measure: { a: l } }), "INVALID_ARGUMENT", "Did you mean measures?"],
    [(l: Tensor) => ({ loss: l, measures: { a: 1 } }), "INVALID_ARGUMENT", "a must be a tensor, got 1"],
    [(l: Tensor) => ({ loss: l, measures: { loss: l } }), "INVALID_ARGUMENT", '"loss"'],
    [(l: Tensor) => ({ loss: l, measures: { a: l.expand(0) } }), "SHAPE_MISMATCH", "a must be a scalar"],
    [(l: Tensor) => ({ loss: l, state: { h: l } }), "INVALID_ARGUMENT", "state"],
  ] as const) {
    await using wrong = await learn(backend, { ...base, loss: (w, given) => result(loss(w, given)) as Tensor });
    await expect(wrong.step(batch)).rejects.toMatchObject({ code, message: expect.stringContaining(what) });
  }
});

test("after dispose every verb says so, and a second dispose does nothing", async () => {
  const learner = await learn(await open(), base);
  await learner.step(batch);
  learner.dispose();
  learner.dispose();
  for (const verb of [
    () => learner.step(batch),
    () => learner.measures(),
    () => learner.evaluate(batch),
    () => learner.weights(),
    () => learner.checkpoint(),
    () => learner.resetState(),
    async () => learner.compile((w) => w.kernel),
  ])
    await expect(verb()).rejects.toMatchObject({ code: "DISPOSED" });
});

test("an option that is off adds nothing to the Program, and a model's fit runs the same one", async () => {
  const programs: Program[] = [];
  const inner = await open();
  const backend: Backend = { ...inner, compile: (program) => (programs.push(program), inner.compile(program)) };
  const optimizer = adamW({ globalClipNorm: 1 });
  const stepsOf = async (options: object): Promise<string> => {
    await using learner = await learn(backend, { ...base, optimizer, ...options });
    await learner.step(batch);
    return print({ ...programs.at(-1)!, name: "" });
  };
  const plain = await stepsOf({});
  const off = { groups: [], gradientAccumulationSteps: 1, masks: {}, skipUnsound: false, seed: 0, dtype: "f32" };
  expect(await stepsOf(off)).toBe(plain);
  expect(await stepsOf({ groups: [{ weights: "kernel", l1: 0, l2: 0, trainable: true, weightDecay: true }] })).toBe(plain);
  const model = sequential([dense({ units: 1 })]);
  using trainer = await model.compile({ backend, optimizer, loss: "mse" });
  await trainer.fit(batch, { epochs: 1, batchSize: 2 });
  const fitted = programs.find(({ name }) => name.endsWith(".fit"))!;
  const kinds = ({ steps }: Program): string => steps.map(({ kind }) => kind).join();
  expect(kinds(fitted)).toContain("matmul");
  expect(programs[0]!.steps.length).toBeLessThanOrEqual(fitted.steps.length);
});
