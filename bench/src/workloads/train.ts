// Training a cell, one step: forward, backward, Adam.
import { lstm, type HostArray } from "@sluice/core";
import { exactly, normal, started } from "./data.ts";
import { gru } from "./float64/gru.ts";
import { adamLosses, dense, meanSquaredError, type Step } from "./float64/losses.ts";
import { lstm as exactLstm } from "./float64/lstm.ts";
import { swapped } from "./float64/matrix.ts";
import type { Numbers, Recurrence, Sizes } from "./float64/sequence.ts";
import { cellFlops, gruWeights } from "./infer.ts";
import type { Training } from "./tasks.ts";
import type { Workload } from "./workload.ts";

export function lstmTrain(sizes: Sizes, compared = 5): Workload<"lstmTraining"> {
  const given = () => training(sizes, started(lstm().weights(sizes), sizes.units, "lstm"));
  return {
    ...described("LSTM", "lstm", sizes, compared),
    task: "lstmTraining",
    flops: trainingFlops(4, sizes),
    given,
    expected: () => losses(sizes, given(), exactLstm, compared),
  };
}

/** Reset before the product: the one variant that every library can train. */
export function gruTrain(sizes: Sizes, compared = 5): Workload<"gruTraining"> {
  const given = () => training(sizes, gruWeights(sizes, "before"));
  return {
    ...described("GRU (reset before the product)", "gru", sizes, compared),
    task: "gruTraining",
    flops: trainingFlops(3, sizes),
    given,
    expected: () => losses(sizes, given(), gru as Recurrence<Numbers<"wx" | "wh" | "b">>, compared), // without bh
  };
}

function described(what: string, name: string, { batch, steps, input, units }: Sizes, compared: number) {
  return {
    name: `${name}-train-b${batch}-t${steps}-${input}-${units}`,
    help: `one training step: ${what} ${input}→${units}, batch ${batch}, ${steps} steps, Dense(1), MSE; forward, backward, Adam`,
    compared, // each update is seen by the loss after it
    tolerance: 1e-5, // losses fall by some percent per update; float32 stays well under it
  };
}

/** Three times the forward pass, less what nobody needs: the gradient of x. */
function trainingFlops(gates: number, sizes: Sizes): number {
  return 3 * cellFlops(gates, sizes) - 2 * sizes.batch * sizes.steps * sizes.input * gates * sizes.units;
}

function training<W>({ batch, steps, input, units }: Sizes, weights: W): Training<W> {
  const init = "zeros" as const; // of which `started` makes its own
  return {
    weights,
    dense: started({ w: { axes: { units, out: 1 }, init }, b: { axes: { out: 1 }, init } }, units, "dense"),
    x: normal("x", [batch, steps, input]),
    y: normal("y", [batch, 1]),
    learningRate: 0.001,
    epsilon: 1e-7,
  };
}

type CellName = "wx" | "wh" | "b";

function losses(
  sizes: Sizes,
  given: Training<Readonly<Record<CellName, HostArray>>>,
  run: Recurrence<Numbers<CellName>>,
  runs: number,
): Float64Array {
  const { batch, steps, units } = sizes;
  const [x, y] = [swapped(exactly({ x: given.x }).x, batch, steps), exactly({ y: given.y }).y];
  const weights = exactly({ wx: given.weights.wx, wh: given.weights.wh, b: given.weights.b, outW: given.dense.w, outB: given.dense.b });
  return adamLosses(runs, weights, given, (): Step<keyof typeof weights> => {
    const ran = run(weights, x, sizes);
    const last = (steps - 1) * batch * units;
    const out = dense(ran.outputs.subarray(last), { w: weights.outW, b: weights.outB });
    const { loss, d } = meanSquaredError(out.y, y);
    const dOut = out.backward(d);
    const dOutputs = new Float64Array(ran.outputs.length);
    dOutputs.set(dOut.x, last);
    return { loss, gradients: { ...ran.backward(dOutputs).weights, outW: dOut.w, outB: dOut.b } };
  });
}
