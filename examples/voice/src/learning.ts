// Training further: what the network hears is learnt from some labelled seconds, by gradients through its state over chunk after chunk.
import { clip, concat, log, mean, mul, scan, sub, type Backend, type HostArray, type Tensor } from "@sluice/core";
import type { OnnxNet } from "@sluice/formats/onnx";
import { adam, learn } from "@sluice/nn";
import { chunkLength, chunks, contextLength } from "./chunks.ts";

export interface Lesson {
  readonly samples: Float32Array;
  /** Whether somebody speaks, chunk by chunk. */
  readonly labels: readonly boolean[];
}

export interface LearningOptions {
  readonly updates: number;
  /** Default 1e-3. */
  readonly learningRate?: number;
  /** Sequences that are learnt side by side. Default 4. */
  readonly rows?: number;
  onUpdate?(update: number, loss: number): void;
}

/**
 * The weights after so many updates by binary crossentropy. Those of the decoder alone, an LSTM and what reads it: the spectrum and the encoder stay as they
 * are, so that some seconds do not spoil what hours have taught.
 */
export async function learnFurther(
  backend: Backend,
  net: OnnxNet,
  lesson: Lesson,
  { updates, learningRate = 1e-3, rows = 4, onUpdate }: LearningOptions,
): Promise<Readonly<Record<string, HostArray>>> {
  const batch = batchOf(lesson, rows);
  const learner = await learn(backend, {
    weights: net.declared,
    groups: [{ weights: /stft|encoder/, trainable: false }],
    inputs: { x: { dtype: "float", axes: ["steps", "batch", "samples"] }, y: "float", start: "float" },
    optimizer: adam({ learningRate, globalClipNorm: 1 }),
    loss: (weights, { x, y, start }) => crossentropy(y, probabilities(net, weights, x, start)),
  });
  try {
    await learner.setWeights(net.weights);
    for (let update = 1; update <= updates; update++) {
      await learner.step(batch);
      onUpdate?.(update, (await learner.measures()).loss);
    }
    return await learner.weights();
  } finally {
    learner.dispose();
  }
}

/** x [steps, rows, samples] → [steps, rows] */
function probabilities(net: OnnxNet, weights: Readonly<Record<string, Tensor>>, x: Tensor, start: Tensor): Tensor {
  const { outputs } = scan({
    state: start,
    inputs: x,
    step: (state, input) => {
      const { output, stateN } = net.apply(weights, { input, state });
      return { state: stateN!, output: output! }; // its two outputs
    },
  });
  return outputs.reshape([x.shape[0]!, x.shape[1]!]); // of rank 3
}

/** −y·log p − (1 − y)·log(1 − p), with p kept from 0 and 1. */
function crossentropy(y: Tensor, p: Tensor): Tensor {
  const kept = clip(p, 1e-6, 1 - 1e-6);
  return mean(concat([mul(y, log(kept)), mul(sub(1, y), log(sub(1, kept)))])).mul(-2);
}

/** The chunks in so many rows, one after the other within a row; what does not fill a row's last step is left out. */
function batchOf({ samples, labels }: Lesson, rows: number) {
  const inputs = Array.from(chunks().push(samples), (input) => input.slice()); // the array is the same one each time
  const steps = Math.floor(Math.min(inputs.length, labels.length) / rows),
    width = contextLength + chunkLength;
  const x = new Float32Array(steps * rows * width),
    y = new Float32Array(steps * rows);
  for (let row = 0; row < rows; row++)
    for (let step = 0; step < steps; step++) {
      x.set(inputs[row * steps + step]!, (step * rows + row) * width);
      y[step * rows + row] = labels[row * steps + step] === true ? 1 : 0;
    }
  const f32 = (data: Float32Array, shape: readonly number[]): HostArray => ({ dtype: "f32", shape, data });
  return { x: f32(x, [steps, rows, width]), y: f32(y, [steps, rows]), start: f32(new Float32Array(2 * rows * 128), [2, rows, 128]) };
}
