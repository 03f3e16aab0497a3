// Training that was cut short goes on as if it had not been: the law, and where it does not hold.
import { open as openCpu } from "@sluice/cpu";
import { open } from "@sluice/core/reference";
import { open as openWorkers } from "@sluice/workers";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { dense } from "../layers/dense.ts";
import { dropout } from "../layers/dropout.ts";
import { sequential } from "../models/sequential.ts";
import { adam } from "../optimizers/adam.ts";
import { serialize } from "../saving/serialize.ts";
import { deserialize } from "../saving/deserialize.ts";
import type { CompileOptions, EpochLog, History } from "../model/options.ts";
import type { FitOptions, Trainer } from "../model/model.ts";

const [backend, cpu, workers] = [await open(), await openCpu(), await openWorkers({ threads: 2, threshold: 0 })];
afterAll(() => Promise.all([backend.close(), cpu.close(), workers.close()]));

const samples = 41;
const data = {
  x: Array.from({ length: samples }, (_, i) => [Math.sin(i), Math.cos(3 * i)]),
  y: Array.from({ length: samples }, (_, i) => Math.sin(i + 1)),
};
const model = () => sequential([dense({ units: 3, activation: "tanh" }), dropout({ rate: 0.3 }), dense({ units: 1 })]);
const rate = (step: number) => (step < 100 ? 0.05 : 0); // then nothing gets better, and patience runs out
const options = {
  backend,
  optimizer: adam({ learningRate: rate }),
  loss: "mse",
  metrics: ["mae"],
  seed: 4,
} as const satisfies CompileOptions;
const fitting = { epochs: 8, batchSize: 1, validationData: data, patience: 3, restoreBestWeights: true } satisfies FitOptions;

/** What each epoch came to, without its number and what tells the time. */
function measures({ epochs }: Pick<History, "epochs">): object[] {
  return epochs.map((log: EpochLog) => ({ ...log, epoch: undefined, examplesPerSecond: undefined }));
}

/** Options under which `keep` gets the bytes of the trainer after as many updates as `at`, or at the end of such an epoch. */
function saving(trainer: Trainer, at: { epoch: number; step: number }, keep: (bytes: Uint8Array) => void): Partial<FitOptions> {
  const save = async () => keep(await serialize(trainer, { optimizer: true, allowNonFinite: true }));
  return {
    onProgress: async ({ epoch, step }) => void (epoch === at.epoch && step === at.step && (await save())),
    onEpochEnd: async ({ epoch }) => void (at.step === 0 && epoch === at.epoch && (await save())),
  };
}

for (const on of [backend, cpu]) {
  test(`on ${on.name}, saved at any step, loaded and continued is as if it had not stopped: weights, state, history, patience`, async () => {
    const compiled = { ...options, backend: on };
    const whole = await model().compile(compiled);
    const expected = await whole.fit(data, fitting);
    expect(expected.ended).toBe("patience");
    const end = await serialize(whole, { optimizer: true, allowNonFinite: true });
    const finished = expected.epochs.length;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: finished - 1 }), fc.nat({ max: samples }), async (epoch, step) => {
        const trainer = await model().compile(compiled);
        let bytes: Uint8Array | undefined;
        const halt = new AbortController();
        const keep = (given: Uint8Array) => {
          bytes = given;
          halt.abort();
        };
        const slowly = { ...saving(trainer, { epoch, step }, keep), signal: halt.signal };
        await eachStep(() => trainer.fit(data, { ...fitting, ...slowly }));
        trainer.dispose();
        const done = step === 0 ? epoch : epoch - 1;
        const resumed = await deserialize(bytes!, { allowNonFinite: true }).compile(compiled);
        const rest = await resumed.fit(data, { ...fitting, epochs: fitting.epochs - done });
        expect(rest.ended).toBe(expected.ended);
        expect(measures(rest)).toEqual(measures(expected).slice(done));
        expect(measures({ epochs: [rest.best!] })).toEqual(measures({ epochs: [expected.best!] }));
        expect(rest.best!.epoch).toBe(expected.best!.epoch - done);
        expect(await serialize(resumed, { optimizer: true, allowNonFinite: true })).toEqual(end);
        resumed.dispose();
      }),
      {
        numRuns: 12,
        examples: [
          [1, 0],
          [1, 1],
          [2, samples],
          [2, 32],
          [3, 33],
        ],
      },
    );
  });
}

for (const [from, to] of [
  [cpu, backend],
  [backend, cpu],
  [cpu, workers],
] as const) {
  test(`saved on ${from.name}, training goes on on ${to.name} from the same step of the same epoch, to the same numbers as nearly as f32 has them`, async () => {
    const plain = { epochs: 3, batchSize: 1, validationData: data } satisfies FitOptions;
    const whole = await model().compile({ ...options, backend: from });
    const expected = await whole.fit(data, plain);
    const first = await model().compile({ ...options, backend: from });
    const halt = new AbortController();
    const onProgress = ({ epoch, step }: { epoch: number; step: number }) => void (epoch === 2 && step === 17 && halt.abort());
    await eachStep(() => first.fit(data, { ...plain, onProgress, signal: halt.signal }));
    const resumed = await deserialize(await serialize(first, { optimizer: true })).compile({ ...options, backend: to });
    const { training } = await resumed.checkpoint({ optimizer: true });
    expect(training).toMatchObject({ step: samples + 17, epoch: 1, progress: { position: { steps: 17 } } });
    const rest = await resumed.fit(data, { ...plain, epochs: 2 });
    rest.epochs.forEach((log, i) => {
      for (const name of ["loss", "mae", "valLoss", "valMae"] as const) expect(log[name]).toBeCloseTo(expected.epochs[i + 1]![name]!, 4);
    });
    const [ended, wanted] = [await resumed.checkpoint({ optimizer: true }), await whole.checkpoint({ optimizer: true })];
    expect(ended.training).toMatchObject({ step: wanted.training!.step, epoch: wanted.training!.epoch });
    for (const [name, { data: values }] of Object.entries(wanted.weights))
      values.forEach((value, i) => expect(ended.weights[name]!.data[i]).toBeCloseTo(value, 4));
    for (const trainer of [whole, first, resumed]) trainer.dispose();
  });
}

test("cut short by a signal or by what a callback throws, the next fit goes on in the middle of the epoch", async () => {
  const plain = { epochs: 4, batchSize: 1 } satisfies FitOptions;
  const whole = await model().compile(options);
  const expected = await whole.fit(data, plain);
  for (const cut of ["signal", "error"] as const) {
    const trainer = await model().compile(options);
    const halt = new AbortController();
    const onProgress = ({ epoch, step }: { epoch: number; step: number }) => {
      if (epoch !== 2 || step !== 17) return;
      if (cut === "error") throw new Error("enough");
      halt.abort();
    };
    await eachStep(() => trainer.fit(data, { ...plain, onProgress, signal: halt.signal }).catch(() => {}));
    expect(trainer.history!.ended).toBe(cut);
    expect((await trainer.checkpoint({ optimizer: true })).training).toMatchObject({ step: samples + 17, epoch: 1 });
    const rest = await trainer.fit(data, { ...plain, epochs: 3 });
    expect(measures(rest)).toEqual(measures(expected).slice(1));
    expect(await serialize(trainer, { optimizer: true })).toEqual(await serialize(whole, { optimizer: true }));
  }
});

test("a fit over other data, batches or orders begins the epoch anew", async () => {
  for (const other of [{ batchSize: 2 }, { shuffle: false }, { seed: 9 }]) {
    const trainer = await model().compile(options);
    const halt = new AbortController();
    await eachStep(() => trainer.fit(data, { epochs: 1, batchSize: 1, signal: halt.signal, onProgress: () => halt.abort() }));
    const { step } = (await trainer.checkpoint({ optimizer: true })).training!;
    expect(step).toBeGreaterThan(0);
    await trainer.fit(data, { epochs: 1, batchSize: 1, ...other });
    const updates = Math.ceil(samples / (other.batchSize ?? 1));
    expect((await trainer.checkpoint({ optimizer: true })).training).toMatchObject({ step: step + updates, epoch: 1 });
  }
});

test("an epoch cut short before its validation, and after a short last batch, has no examples left to train", async () => {
  const few = { x: data.x.slice(0, 10), y: data.y.slice(0, 10) };
  const trainer = await model().compile(options);
  const halt = new AbortController();
  const onProgress = ({ step, steps }: { step: number; steps?: number }) => void (step === steps && halt.abort());
  const once = { epochs: 1, batchSize: 4, validationData: few };
  const cut = await eachStep(() => trainer.fit(few, { ...once, onProgress, signal: halt.signal }));
  expect(cut).toMatchObject({ ended: "signal", epochs: [] });
  expect(await trainer.fit(few, once)).toMatchObject({ epochs: [{ examplesPerSecond: 0 }] });
});

test("measured by other metrics, what is left of an epoch is trained, and its numbers are of what is left", async () => {
  const first = await model().compile(options);
  const halt = new AbortController();
  const onProgress = ({ step }: { step: number }) => void (step === 40 && halt.abort());
  await eachStep(() => first.fit(data, { epochs: 1, batchSize: 1, signal: halt.signal, onProgress }));
  const bytes = await serialize(first, { optimizer: true });
  const second = await deserialize(bytes).compile({ ...options, metrics: [] });
  const { epochs } = await second.fit(data, { epochs: 1, batchSize: 1 });
  expect(epochs[0]!.loss).toBeLessThan(Infinity);
  expect((await second.checkpoint({ optimizer: true })).training).toMatchObject({ step: samples, epoch: 1 });
});

/** Progress after each step, whatever the machine: a clock by which every run takes long. */
async function eachStep<T>(work: () => Promise<T>): Promise<T> {
  const real = performance.now;
  let now = 0;
  performance.now = () => (now += 200);
  try {
    return await work();
  } finally {
    performance.now = real;
  }
}
