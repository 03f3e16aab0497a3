// The laws of steps that do not count, over models drawn at random: losses, metrics, trained weights and predictions.
import { attention as attentionOf, compile, gru as gruCell, recurrence, scope, type HostArray, type Tensor } from "@sluice/core";
import { print } from "@sluice/core/kit";
import { open } from "@sluice/core/reference";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { entryOf } from "../host/entryOf.ts";
import { attention, dense, gru, sequential, sgd } from "../index.ts";
import { specOf } from "../layers/spec.ts";
import { positive, updateStep } from "../learner/update.ts";
import { meanSquaredError } from "../measures/meanSquaredError.ts";
import { modelObjective } from "../training/objective.ts";
import { layoutOf } from "../weights/layout.ts";
import type { AnyTrainer } from "./model.ts";
import { anyPlan, dataOf, lossWeights, outcomeOf, plain, predicted, trainerOf, type Outcome, type Plan } from "../testing/maskedModels.ts";

const backend = await open();
afterAll(() => backend.close());

const numRuns = process.env["SLUICE_THOROUGH"] === "1" ? 500 : 12;

/** Sums over other zeros may be associated otherwise: what differs is rounding, in float64 of numbers of about 1. */
const rounding = 1e-11;

function numbersOf({ measured, weights, predicted: given }: Outcome): readonly number[] {
  return [...measured.flatMap((log) => Object.values(log)), ...weights, ...given];
}

function expectClose(got: readonly number[], want: readonly number[]): void {
  expect(got).toHaveLength(want.length);
  const furthest = got.reduce((most, value, i) => Math.max(most, Math.abs(value - want[i]!) / Math.max(1, Math.abs(want[i]!))), 0);
  expect(got.concat(want).every(Number.isFinite)).toBe(true);
  expect(furthest).toBeLessThan(rounding);
}

const numbers = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e300, -7);
const indices = fc.constantFrom(99, -1, 2 ** 31 - 1, -(2 ** 31), 3);

test("what stands at steps that do not count changes no bit of losses, metrics, weights or predictions", async () => {
  await fc.assert(
    fc.asyncProperty(anyPlan({ random: "steps" }), numbers, indices, fc.nat({ max: 2 }), async (plan, number, index, label) => {
      const padding = { ...plain, further: 1 };
      const [got, want] = [
        await outcomeOf(backend, plan, { padding: { ...padding, number, index, label } }),
        await outcomeOf(backend, plan, { padding }),
      ];
      expect(got).toEqual(want);
      expect(numbersOf(want).every(Number.isFinite)).toBe(true);
    }),
    { numRuns },
  );
});

test("padding further changes nothing but rounding", async () => {
  await fc.assert(
    fc.asyncProperty(anyPlan({ random: "sequences" }), fc.integer({ min: 1, max: 4 }), async (plan, further) => {
      const [got, want] = [await outcomeOf(backend, plan, { padding: { ...plain, further } }), await outcomeOf(backend, plan)];
      expectClose(numbersOf(got), numbersOf(want));
    }),
    { numRuns },
  );
});

test("a row alone, cut to its length, gives what it gives in the batch", async () => {
  await fc.assert(
    fc.asyncProperty(anyPlan({ random: "steps" }), async (plan) => {
      using trainer = await trainerOf(backend, plan);
      const together = await predicted(trainer, plan, { ...plain, further: 1 });
      const alone: number[][] = [];
      for (const row of plan.weights.keys()) alone.push([...(await predicted(trainer, cutTo(plan, row), plain, [row]))]);
      expectClose(inOutputs(plan, alone), together);
    }),
    { numRuns },
  );
});

test("a loss is its sum over the steps that count by their number, samples by their weights, whatever the batches; fit says what evaluate says", async () => {
  await fc.assert(
    fc.asyncProperty(anyPlan({ random: "nothing" }), fc.integer({ min: 1, max: 6 }), async (drawn, batchSize) => {
      const plan = { ...drawn, holes: false }; // lengths say it all
      using trainer = await trainerOf(backend, plan, { learningRate: 0 });
      const want = await measuresOf(trainer, plan);
      const { epochs } = await trainer.fit(dataOf(plan), { epochs: 1, batchSize });
      const evaluated = await trainer.evaluate(dataOf(plan), { batchSize });
      for (const name of Object.keys(want)) expectClose([epochs[0]![name]!, evaluated[name]!], [want[name]!, want[name]!]);
      expect(Object.keys(evaluated).toSorted()).toEqual(Object.keys(want).toSorted());
    }),
    { numRuns },
  );
});

/** By hand, from predictions: Σ w·measure / Σ w over the steps that count, or over whole rows. */
async function measuresOf(trainer: AnyTrainer, plan: Plan): Promise<Record<string, number>> {
  const { heads } = plan;
  const { x, y, lengths } = dataOf(plan);
  const outputs: unknown = await trainer.predict(x as never, { ...(lengths !== undefined && { lengths: lengths as never }) }); // by the plan's names
  if (heads !== "both") return measured(plan, heads, outputs as HostArray, y as unknown as HostArray); // one
  const [given, wanted] = [outputs, y] as unknown as readonly Readonly<Record<string, HostArray>>[];
  const own = (["labels", "whole"] as const).map((head) => [head, measured(plan, head, given![head]!, wanted![head]!)] as const);
  const named = own.flatMap(([head, measures]) =>
    Object.entries(measures).map(([name, value]) => [`${head}${name[0]!.toUpperCase()}${name.slice(1)}`, value]),
  );
  return { loss: own.reduce((sum, [head, { loss }]) => sum + lossWeights[head] * loss!, 0), ...Object.fromEntries(named) };
}

function measured(
  { lengths: [own], weights }: Plan,
  head: Exclude<Plan["heads"], "both">,
  given: HostArray,
  { data: y }: HostArray,
): Record<string, number> {
  const [rows = 0, second = 1, third] = given.shape,
    [steps, size] = third === undefined ? [1, second] : [second, third];
  const sums: Record<string, number> = {};
  let weight = 0;
  for (let row = 0; row < rows; row++)
    for (let step = 0; step < (head === "whole" ? 1 : own[row]!); step++) {
      const at = row * steps + step,
        output = [...given.data.subarray(at * size, (at + 1) * size)];
      const errors = output.map((v, j) => v - y[at * size + j]!);
      const mean = (each: (error: number) => number) => errors.reduce((sum, error) => sum + each(error), 0) / size;
      const measures = head === "labels" ? { loss: -Math.log(output[y[at]!]!), accuracy: Number(output.indexOf(Math.max(...output)) === y[at]) } : { loss: mean((e) => e * e), mae: mean(Math.abs) }; // prettier-ignore
      for (const [name, value] of Object.entries(measures)) sums[name] = (sums[name] ?? 0) + weights[row]! * value;
      weight += weights[row]!;
    }
  return Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, sum / weight]));
}

test("a sample of length 0 counts nothing where steps are measured", async () => {
  const plans = fc
    .tuple(anyPlan({ random: "nothing" }), fc.constantFrom("steps", "labels"))
    .map(([plan, heads]): Plan => ({ ...plan, heads, batchSize: 6 }));
  await fc.assert(
    fc.asyncProperty(plans, async (plan) => {
      const [own, other] = plan.lengths;
      const longer: Plan = {
        ...plan,
        lengths: [
          [...own, 0],
          [...other, 1],
        ],
        weights: [...plan.weights, 3],
      };
      expectClose(numbersOf(await outcomeOf(backend, longer)), numbersOf(await outcomeOf(backend, plan)));
    }),
    { numRuns },
  );
});

test("without masks the Program is what core makes of the same lines, forwards and back", () => {
  const built = sequential([gru({ units: 3, returnSequences: true }), attention({ score: "scaledDot" }), dense({ units: 2 })]).build(specOf([4, 2], "float")); // prettier-ignore
  const layout = layoutOf(built.weights);
  const head = { output: "y", isNamed: false, lossWeight: 1, loss: meanSquaredError, metrics: [] };
  const [cell, attending] = [recurrence(gruCell()), attentionOf({ score: "scaledDot" })];
  const byHand: typeof objective = (weights, { batch: { x, y, weight } }) => {
    const own = weights as { gru: Parameters<typeof cell.run>[0]; dense: { kernel: Tensor; bias: Tensor } }; // as the layers declare them
    const steps = scope("gru", () => cell.run(own.gru, entryOf(x, "x")).outputs);
    const seen = scope("attention", () => attending.run({} as never, { query: steps }).output); // it has none
    const output = scope("dense", () => seen.dot(own.dense.kernel).add(own.dense.bias));
    const sum = meanSquaredError.perSample(entryOf(y, "y"), output).mul(weight).sum();
    return { loss: sum.div(positive(weight.sum())), weight: weight.sum(), sums: [sum] };
  };
  const objective = modelObjective(built, [head]);
  const program = (own: typeof objective) => {
    const f32 = (...shape: readonly number[]) => ({ shape, dtype: "f32" as const });
    const batch = { x: { x: f32(5, 4, 2) }, y: { y: f32(5, 4, 2) }, weight: f32(5), lengths: {}, weights: {} };
    const step = updateStep({ layout, objective: own, optimizer: sgd({ learningRate: 1 }), skipsUnsound: false }, "update");
    return print(compile(backend, step).program({ batch, params: f32(layout.length), slots: {}, hyper: f32(1), totals: f32(3) }));
  };
  expect(program(objective)).toBe(program(byHand));
});

/** A row of length 0 keeps one step that does not count, as data without steps is refused. */
function cutTo(plan: Plan, row: number): Plan {
  return { ...plan, steps: [Math.max(1, plan.lengths[0][row]!), Math.max(1, plan.lengths[1][row]!)] };
}

/** Of rows by outputs, outputs by rows. */
function inOutputs({ heads }: Plan, rows: readonly (readonly number[])[]): readonly number[] {
  return heads === "both" ? [...rows.flatMap((row) => row.slice(0, -1)), ...rows.map((row) => row.at(-1)!)] : rows.flat();
}
