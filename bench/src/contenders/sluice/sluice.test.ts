import { open as openCpu } from "@sluice/cpu";
import { open as openReference } from "@sluice/core/reference";
import { expect, test } from "vitest";
import { agreement } from "../../measure/agreement.ts";
import { lstmInfer } from "../../workloads/lstmInfer.ts";
import { lstmTrain } from "../../workloads/lstmTrain.ts";
import { matmul } from "../../workloads/matmul.ts";
import type { AnyWorkload, Tasks, Workload } from "../../workloads/workload.ts";
import { prepare } from "../contender.ts";
import { sluice } from "./sluice.ts";

const cpu = sluice("cpu", openCpu);
const reference = sluice("reference", openReference);
const sizes = { batch: 4, steps: 5, input: 8, units: 16 };

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

test.each([lstmTrain(sizes), lstmInfer(sizes), matmul(16)])("cpu agrees with the reference on $name", async (workload) => {
  const answers = [await answer(cpu, workload), await answer(reference, workload)];
  expect(answers[0]!.length).toBeGreaterThanOrEqual(workload.compared);
  expect(agreement(answers, workload.tolerance).map(({ agrees }) => agrees)).toEqual([true, true]);
});

const training = lstmTrain(sizes);
const mistakes: Readonly<Record<string, (given: Tasks["lstmTraining"]) => Partial<Tasks["lstmTraining"]>>> = {
  "a learning rate 5 % off": ({ learningRate }) => ({ learningRate: learningRate * 1.05 }),
  "no update at all": () => ({ learningRate: 0 }),
  "an epsilon that matters": () => ({ epsilon: 1e-3 }),
  "targets 1 % off": ({ y }) => ({ y: { ...y, data: y.data.map((v) => v * 1.01) } }),
  "a forget bias of 0": ({ lstm }) => ({ lstm: { ...lstm, b: { ...lstm.b, data: lstm.b.data.map(() => 0) } } }),
  "two gates in the other order": ({ lstm }) => ({ lstm: { ...lstm, wx: swapped(lstm.wx), wh: swapped(lstm.wh) } }),
};

test.each(Object.entries(mistakes))("training with %s is told from the right one", async (_, mistake) => {
  const wrong: Workload<"lstmTraining"> = { ...training, given: () => ({ ...training.given(), ...mistake(training.given()) }) };
  const right = await answer(cpu, training);
  const verdicts = agreement([right, await answer(cpu, wrong), right], training.tolerance);
  expect(verdicts.map(({ agrees }) => agrees)).toEqual([true, false, true]);
});

test("the losses that are compared fall, so that an update is seen by the next", async () => {
  const losses = await answer(cpu, training);
  for (let i = 1; i < losses.length; i++) expect(losses[i]!).toBeLessThan(losses[i - 1]! * 0.995);
});

/** Candidate and output gates changed over: columns i f g o → i f o g. */
function swapped<W extends Tasks["lstmTraining"]["lstm"]["wx"]>(weight: W): W {
  const columns = weight.shape[1]!;
  const units = columns / 4;
  const from = (column: number): number => (column < 2 * units ? column : column < 3 * units ? column + units : column - units);
  return { ...weight, data: weight.data.map((_, at) => weight.data[at - (at % columns) + from(at % columns)]!) };
}
