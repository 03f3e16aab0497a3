import { open as openCpu } from "@sluice/cpu";
import { open as openReference } from "@sluice/core/reference";
import { open as openWorkers } from "@sluice/workers";
import { expect, test } from "vitest";
import { judge } from "../../measure/agreement.ts";
import { attend, attendGradient, multiHeadAttend, multiHeadGradient } from "../../workloads/attend.ts";
import { bidirectionalInfer } from "../../workloads/bidirectional.ts";
import { charModel } from "../../workloads/charModel.ts";
import { classify } from "../../workloads/classify.ts";
import { convolve, convolveGradient } from "../../workloads/convolve.ts";
import { gruInfer, lstmInfer, ownInfer } from "../../workloads/infer.ts";
import { matmul } from "../../workloads/matmul.ts";
import { normalise } from "../../workloads/normalise.ts";
import { gruStream, lstmStream } from "../../workloads/stream.ts";
import { gruTrain, lstmTrain } from "../../workloads/train.ts";
import type { AnyWorkload, Tasks, Workload } from "../../workloads/workload.ts";
import { prepare } from "../contender.ts";
import { sluice } from "./sluice.ts";

const cpu = sluice("cpu", openCpu);
const reference = sluice("reference", openReference);
const sizes = { batch: 4, steps: 5, input: 8, units: 16 };
const heads = { heads: 2, batch: 2, steps: 5, features: 8 };
const windows = { size: 3, dilation: 1, batch: 2, steps: 7, input: 3, filters: 5 };

async function answer(contender: typeof cpu, workload: AnyWorkload): Promise<number[]> {
  const work = await prepare(await contender.open(), workload);
  const results: number[] = [];
  for (let run = 0; run < workload.compared; run++) {
    await work.run();
    await work.sync();
    results.push(...(await work.result()));
  }
  return results;
}

const everyTask: { readonly [T in keyof Tasks]: readonly Workload<T>[] } = {
  lstmInference: [lstmInfer(sizes)],
  gruInference: [gruInfer(sizes), gruInfer(sizes, { reset: "before" })],
  ownInference: [ownInfer(sizes)],
  bidirectionalInference: [bidirectionalInfer(sizes)],
  lstmStreaming: [lstmStream(sizes)],
  gruStreaming: [gruStream(sizes)],
  lstmTraining: [lstmTrain(sizes)],
  gruTraining: [gruTrain(sizes)],
  charModelTraining: [charModel({ vocabulary: 7, width: 8, units: 16, batch: 4, steps: 5 })],
  attention: [attend(heads)],
  attentionGradient: [attendGradient(heads)],
  multiHead: [multiHeadAttend(heads)],
  multiHeadGradient: [multiHeadGradient(heads)],
  convolution: [convolve(windows), convolve({ ...windows, dilation: 4 })],
  convolutionGradient: [convolveGradient(windows), convolveGradient({ ...windows, dilation: 4 })],
  batchNormalizationGradient: [normalise(12, 5)],
  crossEntropyGradient: [classify(6, 5)],
  matmul: [matmul(16), matmul(3, 5, 9)],
};

test.each(Object.values(everyTask).flat() as AnyWorkload[])("cpu and reference do what $name asks for", async (workload) => {
  const expected = workload.expected();
  for (const contender of [cpu, reference])
    expect(judge(await answer(contender, workload), expected, workload.tolerance)).not.toHaveProperty("reason");
});

test("a backend that splits a run says over how many threads", async () => {
  const threads = async (threshold: number) => {
    const backend = await openWorkers({ threads: 2, threshold });
    const { threads } = await prepare(await sluice("workers", async () => backend).open(), matmul(16));
    await backend.close();
    return threads;
  };
  expect([await threads(0), await threads(1e9)]).toEqual([2, 1]);
  expect(await prepare(await cpu.open(), matmul(16))).not.toHaveProperty("threads");
});

const training = lstmTrain(sizes);
const mistakes: Readonly<Record<string, (given: Tasks["lstmTraining"]) => Partial<Tasks["lstmTraining"]>>> = {
  "a learning rate 5 % off": ({ learningRate }) => ({ learningRate: learningRate * 1.05 }),
  "no update at all": () => ({ learningRate: 0 }),
  "an epsilon that matters": () => ({ epsilon: 1e-3 }),
  "targets 1 % off": ({ y }) => ({ y: { ...y, data: y.data.map((v) => v * 1.01) } }),
  "no biases": ({ weights }) => ({ weights: { ...weights, b: { ...weights.b, data: weights.b.data.map(() => 0) } } }),
  "two gates in the other order": ({ weights }) => ({ weights: { ...weights, wx: swapped(weights.wx), wh: swapped(weights.wh) } }),
};

test.each(Object.entries(mistakes))("training with %s is told from the right one", async (_, mistake) => {
  const wrong: Workload<"lstmTraining"> = { ...training, given: () => ({ ...training.given(), ...mistake(training.given()) }) };
  expect(judge(await answer(cpu, wrong), training.expected(), training.tolerance).reason).toMatch(/^disagrees: .* from the oracle/);
});

test("the losses that are compared fall, so that an update is seen by the next", () => {
  const losses = training.expected();
  for (let i = 1; i < losses.length; i++) expect(losses[i]!).toBeLessThan(losses[i - 1]! * 0.995);
});

/** Candidate and output gates changed over: columns i f g o → i f o g. */
function swapped<W extends Tasks["lstmTraining"]["weights"]["wx"]>(weight: W): W {
  const columns = weight.shape[1]!;
  const units = columns / 4;
  const from = (column: number): number => (column < 2 * units ? column : column < 3 * units ? column + units : column - units);
  return { ...weight, data: weight.data.map((_, at) => weight.data[at - (at % columns) + from(at % columns)]!) };
}
