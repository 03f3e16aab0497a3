// Training a model of which character comes next, one step.
import { lstm } from "@sluice/core";
import { exactly, integers, started } from "./data.ts";
import { adamLosses, crossEntropy, dense, type Step } from "./float64/losses.ts";
import { lstm as exactLstm } from "./float64/lstm.ts";
import { swapped } from "./float64/matrix.ts";
import { block } from "./float64/sequence.ts";
import { cellFlops } from "./infer.ts";
import type { CharModel } from "./tasks.ts";
import type { Workload } from "./workload.ts";

export interface CharModelSizes {
  readonly vocabulary: number;
  /** Of the embedding. */
  readonly width: number;
  readonly units: number;
  readonly batch: number;
  readonly steps: number;
}

export function charModel(sizes: CharModelSizes): Workload<"charModelTraining"> {
  const { vocabulary, width, units, batch, steps } = sizes;
  const given = () => numbers(sizes);
  const compared = 5;
  return {
    name: `char-lm-v${vocabulary}-e${width}-h${units}-b${batch}-t${steps}`,
    help: `one training step of a character model: embedding ${vocabulary}→${width}, LSTM ${units}, softmax; batch ${batch}, ${steps} steps, Adam`,
    task: "charModelTraining",
    flops: 3 * (cellFlops(4, { batch, steps, input: width, units }) + 2 * batch * steps * units * vocabulary),
    given,
    compared,
    expected: () => losses(sizes, given(), compared),
    tolerance: 1e-5,
  };
}

function numbers({ vocabulary, width, units, batch, steps }: CharModelSizes): CharModel {
  const init = "zeros" as const; // of which `started` makes its own
  return {
    ...started({ embedding: { axes: { vocabulary, width }, init } }, width, "embedding"),
    lstm: started(lstm().weights({ input: width, units }), units, "lstm"),
    dense: started({ w: { axes: { units, vocabulary }, init }, b: { axes: { vocabulary }, init } }, units, "dense"),
    characters: integers("characters", vocabulary, [batch, steps]),
    next: integers("next", vocabulary, [batch, steps]),
    learningRate: 0.002,
    epsilon: 1e-7,
  };
}

function losses({ width, units, batch, steps }: CharModelSizes, given: CharModel, runs: number): Float64Array {
  const [characters, next] = [given.characters, given.next].map(({ data }) => swapped(Float64Array.from(data), batch, steps));
  const weights = exactly({ embedding: given.embedding, ...given.lstm, outW: given.dense.w, outB: given.dense.b });
  return adamLosses(runs, weights, given, (): Step<keyof typeof weights> => {
    const x = new Float64Array(characters!.length * width);
    characters!.forEach((character, at) => x.set(block(weights.embedding, character, width), at * width));
    const ran = exactLstm(weights, x, { batch, steps, input: width, units });
    const out = dense(ran.outputs, { w: weights.outW, b: weights.outB });
    const { loss, d } = crossEntropy(out.y, next!);
    const dOut = out.backward(d);
    const dRan = ran.backward(dOut.x);
    const embedding = new Float64Array(weights.embedding.length);
    dRan.x.forEach((value, at) => (embedding[characters![Math.floor(at / width)]! * width + (at % width)]! += value));
    return { loss, gradients: { embedding, ...dRan.weights, outW: dOut.w, outB: dOut.b } };
  });
}
