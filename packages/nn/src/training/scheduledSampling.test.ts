// Scheduled sampling: what is read is what a loop that goes step by step reads, and learning from it is learning from that.
import { random, type Backend, type Program } from "@sluice/core";
import { print } from "@sluice/core/kit";
import { open } from "@sluice/core/reference";
import { open as openCpu } from "@sluice/cpu";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import {
  bidirectional,
  dense,
  deserialize,
  embedding,
  generate,
  gru,
  input,
  inverseSigmoidDecay,
  model,
  sequential,
  serialize,
  sgd,
  type FitOptions,
  type ScheduledSampling,
  type Trainer,
} from "../index.ts";

const programs: Program[] = [];
const [inner, cpu] = [await open(), await openCpu()];
afterAll(() => cpu.close());
const backend: Backend = { ...inner, compile: (program) => (programs.push(program), inner.compile(program)) };
const [vocabulary, steps, rows, seed] = [5, 4, 3, 6];
const x = Array.from({ length: rows }, (_, i) => Int32Array.from({ length: steps }, (_, t) => 1 + ((2 * i + 3 * t) % 4)));
const y = x.map((row) => [...row.slice(1), 1]);
const writer = () =>
  sequential([
    embedding({ inputDim: vocabulary, outputDim: 3 }),
    gru({ units: 4, returnSequences: true }),
    dense({ units: vocabulary, activation: "softmax", kernelInitializer: { normal: 1.5 } }),
  ]);
const compiled = { backend, optimizer: sgd({ learningRate: 0.2 }), loss: "sparseCategoricalCrossentropy", dtype: "f64", seed } as const;
const once = { epochs: 1, batchSize: rows, shuffle: false } satisfies FitOptions;

/** The probabilities of the next token after each step. */
async function said(trainer: Trainer, tokens: readonly Int32Array[]): Promise<readonly (readonly number[])[][]> {
  const { data } = await trainer.predict(tokens);
  return tokens.map((_, i) =>
    Array.from({ length: steps }, (_, t) => [...data.subarray((i * steps + t) * vocabulary, (i * steps + t + 1) * vocabulary)]),
  );
}

/** Bengio et al. 2015, section 2.4, one step after the other: the truth where a coin says so, otherwise what the model says of all before. */
async function stepByStep(trainer: Trainer, truth: number, sampling: "sample" | "argmax"): Promise<Int32Array[]> {
  const draw = (name: string): Float64Array =>
    random(seed)
      .child(`dropout scheduledSampling ${name}`)
      .child("0")
      .uniform(rows * steps);
  const [coins, dice] = [draw("forced"), draw("sampled")];
  const read = x.map((row) => row.slice());
  for (let t = 1; t < steps; t++) {
    const scores = await said(trainer, read);
    read.forEach((row, i) => {
      const at = i * steps + t,
        before = scores[i]![t - 1]!;
      if (coins[at]! < truth) return;
      let sum = 0;
      const drawn = before.findIndex((p) => (sum += p) > dice[at - 1]!);
      row[t] = sampling === "argmax" ? before.indexOf(Math.max(...before)) : drawn;
    });
  }
  return read;
}

const anyAsked = fc.record({ truth: fc.constantFrom(0, 0.3, 0.7), sampling: fc.constantFrom("sample" as const, "argmax" as const) });

test("as many passes as steps read what a loop from step to step reads, and the update is that of a fit on it", async () => {
  await fc.assert(
    fc.asyncProperty(anyAsked, async ({ truth, sampling }) => {
      using sampled = await writer().compile(compiled);
      await sampled.predict(x);
      const read = await stepByStep(sampled, truth, sampling);
      const { epochs } = await sampled.fit(
        { x, y },
        { ...once, scheduledSampling: { teacherForcing: () => truth, passes: steps, sampling } },
      );
      using plain = await writer().compile(compiled);
      const expected = await plain.fit({ x: read, y }, once);
      expect(epochs[0]!.loss).toBeCloseTo(expected.epochs[0]!.loss, 10);
      const [got, wanted] = [await sampled.checkpoint(), await plain.checkpoint()]; // no gradient has come through what was read
      for (const [name, { data }] of Object.entries(wanted.weights))
        data.forEach((value, i) => expect(got.weights[name]!.data[i]).toBeCloseTo(value, 10));
    }),
    { numRuns: 3, examples: [[{ truth: 0, sampling: "argmax" }], [{ truth: 0.3, sampling: "sample" }]] },
  );
});

test("told no truth, it reads what greedy decoding writes", async () => {
  using trainer = await writer().compile(compiled);
  await trainer.predict(x);
  const written = x.map((row) => [row[0]!]);
  using decoder = await trainer.decoder({ rows, maxSteps: steps });
  const { step, state } = decoder;
  for await (const tokens of generate({ step, state, prompt: written.map((row) => row.slice()), maxSteps: steps - 1, temperature: 0 }))
    tokens.forEach((token, i) => written[i]!.push(token));
  const read = written.map((row) => Int32Array.from(row));
  expect(await stepByStep(trainer, 0, "argmax")).toEqual(read);
  using plain = await writer().compile(compiled);
  const expected = await plain.fit({ x: read, y }, once);
  const { epochs } = await trainer.fit(
    { x, y },
    { ...once, scheduledSampling: { teacherForcing: 0, passes: steps - 1, sampling: "argmax" } },
  );
  expect(epochs[0]!.loss).toBeCloseTo(expected.epochs[0]!.loss, 10);
});

test("in one pass each step reads what the model says after the true tokens", async () => {
  using trainer = await writer().compile(compiled);
  await trainer.predict(x);
  const scores = await said(trainer, x);
  const read = x.map((row, i) => row.map((token, t) => (t === 0 ? token : scores[i]![t - 1]!.indexOf(Math.max(...scores[i]![t - 1]!)))));
  using plain = await writer().compile(compiled);
  const expected = await plain.fit({ x: read, y }, once);
  const { epochs } = await trainer.fit({ x, y }, { ...once, scheduledSampling: { teacherForcing: 0, sampling: "argmax" } });
  expect(epochs[0]!.loss).toBeCloseTo(expected.epochs[0]!.loss, 10);
});

test("padding stays padding: steps that do not count and the first read the truth, and no token that hides a step is read", async () => {
  const padded = [Int32Array.of(1, 2, 3, 0), Int32Array.of(4, 0, 0, 0), Int32Array.of(2, 2, 1, 3)];
  const reader = () =>
    sequential([
      embedding({ inputDim: vocabulary, outputDim: 3, maskIndex: 0 }),
      gru({ units: 4, returnSequences: true }),
      dense({ units: vocabulary, activation: "softmax", biasInitializer: { constant: 0 }, kernelInitializer: "zeros" }), // the likeliest is 0, the first
    ]);
  using sampled = await reader().compile(compiled);
  const { epochs } = await sampled.fit(
    { x: padded, y },
    { ...once, scheduledSampling: { teacherForcing: 0, passes: 3, sampling: "argmax" } },
  );
  using plain = await reader().compile(compiled);
  const expected = await plain.fit({ x: padded, y }, once);
  expect(epochs[0]!.loss).toBe(expected.epochs[0]!.loss);
  expect(await sampled.weights()).toEqual(await plain.weights());
});

test("one schedule for all updates compiles once, changes what is learnt, and goes on after loading to the same bits; at 1 the Program is the plain one", async () => {
  const fitting = { epochs: 4, batchSize: 2, seed: 1 } satisfies FitOptions;
  const asked = { teacherForcing: inverseSigmoidDecay({ k: 2 }), passes: 2 } satisfies ScheduledSampling;
  using whole = await writer().compile(compiled);
  programs.length = 0;
  await whole.fit({ x, y }, { ...fitting, scheduledSampling: asked });
  expect(programs.length).toBe(1);
  using first = await writer().compile(compiled);
  await first.fit({ x, y }, { ...fitting, epochs: 2, scheduledSampling: asked });
  using second = await deserialize(await serialize(first, { optimizer: true })).compile(compiled);
  await second.fit({ x, y }, { ...fitting, epochs: 2, scheduledSampling: asked });
  expect(await second.weights()).toEqual(await whole.weights());

  programs.length = 0;
  using plain = await writer().compile(compiled);
  await plain.fit({ x, y }, fitting);
  using off = await writer().compile(compiled);
  await off.fit({ x, y }, { ...fitting, scheduledSampling: { teacherForcing: 1, passes: 3 } });
  expect(print(programs[1]!)).toBe(print(programs[0]!));
  expect(await whole.weights()).not.toEqual(await plain.weights());
});

test("what stands past the length of a sequence changes nothing, in buckets, over gathered batches and from a stream", async () => {
  const lengths = [2, 4, 3];
  const junk = (token: number) => x.map((row, i) => row.map((own, t) => (t < lengths[i]! ? own : token)));
  const fitted = async (token: number, streamed: boolean, options: Partial<FitOptions>) => {
    using trainer = await writer().compile({ ...compiled, backend: cpu, dtype: "f32", gradientAccumulationSteps: streamed ? 2 : 1 });
    const data = { x: junk(token), y, lengths };
    const asked = { epochs: 2, scheduledSampling: { teacherForcing: 0.5, passes: 1 }, ...options } satisfies FitOptions;
    if (streamed) await trainer.fit([data, data], asked);
    else await trainer.fit(data, { batchSize: 2, ...asked });
    return trainer.weights();
  };
  for (const [streamed, options] of [
    [false, { bucketBoundaries: [2] }],
    [true, {}],
  ] as const)
    // prettier-ignore
    expect(await fitted(0, streamed, options)).toEqual(await fitted(4, streamed, options));
});

test("an encoder and a decoder name what is read and what says it", async () => {
  const [source, target] = [input({ dtype: "i32" }), input({ dtype: "i32" })];
  const memory = gru({ units: 4 })(embedding({ inputDim: vocabulary, outputDim: 3 })(source));
  const decoded = gru({ units: 4, returnSequences: true })(embedding({ inputDim: vocabulary, outputDim: 3 })(target), {
    initialState: memory.state,
  });
  const pair = model({ inputs: { source, target }, outputs: { next: dense({ units: vocabulary, activation: "softmax" })(decoded) } });
  using trainer = await pair.compile({ ...compiled, loss: { next: "sparseCategoricalCrossentropy" } });
  const data = { x: { source: x, target: x }, y: { next: y } };
  const { epochs } = await trainer.fit(data, { epochs: 1, scheduledSampling: { input: "target", output: "next", teacherForcing: 0.5 } });
  expect(epochs[0]!.loss).toBeGreaterThan(0);
  await expect(trainer.fit(data, { epochs: 1, scheduledSampling: { input: "source", teacherForcing: 0.5 } })).rejects.toMatchObject({ code: "UNSUPPORTED" }); // prettier-ignore
  await expect(trainer.fit(data, { epochs: 1, scheduledSampling: { teacherForcing: 0.5 } as never })).rejects.toMatchObject({ code: "INVALID_ARGUMENT", message: expect.stringContaining("source, target") }); // prettier-ignore
});

test("what cannot be sampled is refused, with what to do about it", async () => {
  const refusal = async (layers: readonly unknown[], asked: object, data: object = { x, y }) => {
    using trainer = await sequential(layers as never).compile(compiled as never);
    return await trainer.fit(data as never, { epochs: 1, scheduledSampling: { teacherForcing: 0.5, ...asked } as never });
  };
  const [embed, last] = [embedding({ inputDim: vocabulary, outputDim: 3 }), dense({ units: vocabulary, activation: "softmax" })];
  const recurrent = gru({ units: 2, returnSequences: true });
  const wrong = (what: string) => ({ code: "INVALID_ARGUMENT", message: expect.stringContaining(what) });
  await expect(refusal([embed, bidirectional(recurrent), last], {})).rejects.toMatchObject({ code: "UNSUPPORTED" });
  await expect(refusal([embed, recurrent, dense({ units: 7, activation: "softmax" })], {})).rejects.toMatchObject(wrong("inputDim"));
  await expect(refusal([embed, gru({ units: 2 }), last], {}, { x, y: [1, 2, 3] })).rejects.toMatchObject(wrong("for each of the 4 steps"));
  await expect(refusal([recurrent, last], {}, { x: x.map((row) => [...row].map((v) => [v])), y })).rejects.toMatchObject(wrong("tokens"));
  for (const asked of [{ teacherForcing: 2 }, { passes: 0 }, { input: "x" }, { sampling: "best" }, { probability: 1 }])
    await expect(refusal([embed, recurrent, last], asked)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  await expect(refusal([embed, recurrent, last], { teacherForcing: () => 1.5 })).rejects.toMatchObject(wrong("teacherForcing at step 0"));
});
