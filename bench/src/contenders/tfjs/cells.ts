// Cells in its operations, one product for x and h together: at batch 1 some three times as fast as its layers.
import type { BothWays, GruWeights, LstmWeights, OwnWeights, Sequence } from "../../workloads/tasks.ts";
import type { Work } from "../contender.ts";
import { columns as blocksOf, stacked, stepsOf, zeros } from "../layout.ts";
import { repeated, tensor, type TensorFlow, type TfTensor } from "./api.ts";

export interface Cell {
  readonly units: number;
  readonly states: number;
  /** From x [batch, input] and the states, of which the first is the output, to the next states. */
  step(x: TfTensor, states: readonly TfTensor[]): TfTensor[];
}

export function lstm(tf: TensorFlow, { wx, wh, b }: LstmWeights): Cell {
  const units = wh.shape[0]!;
  const [weights, bias] = [tensor(tf, stacked([wx, wh])), tensor(tf, b)];
  return {
    units,
    states: 2,
    step(x, [h, c]) {
      const [i, f, g, o] = columns(tf, tf.fused.matMul({ a: tf.concat([x, h!], 1), b: weights, bias }), units);
      const memory = f!.sigmoid().mul(c!).add(i!.sigmoid().mul(g!.tanh()));
      return [o!.sigmoid().mul(memory.tanh()), memory];
    },
  };
}

export function gru(tf: TensorFlow, weights: GruWeights): Cell {
  const step = weights.bh === undefined ? resetBefore(tf, weights) : resetAfter(tf, weights);
  return { units: weights.wh.shape[0]!, states: 1, step: (x, [h]) => [step(x, h!)] };
}

/** The user's own cell. */
export function lem(tf: TensorFlow, { wx, wh, wz, b }: OwnWeights): Cell {
  const units = wz.shape[0]!;
  const [inputs, last] = blocksOf(wx, [3 * units, units]);
  const [first, lastBias] = blocksOf(b, [3 * units, units]);
  const [gates, gateBias] = [tensor(tf, stacked([inputs!, wh])), tensor(tf, first!)];
  const [candidate, bias] = [tensor(tf, stacked([last!, wz])), tensor(tf, lastBias!)];
  return {
    units,
    states: 2,
    step(x, [y, z]) {
      const [step, hold, inner] = columns(tf, tf.fused.matMul({ a: tf.concat([x, y!], 1), b: gates, bias: gateBias }), units);
      const memory = z!.add(step!.sigmoid().mul(inner!.tanh().sub(z!)));
      const fresh = tf.fused.matMul({ a: tf.concat([x, memory], 1), b: candidate, bias }).tanh();
      return [y!.add(hold!.sigmoid().mul(fresh.sub(y!))), memory];
    },
  };
}

/** All outputs, from a zero state. */
export async function inference(tf: TensorFlow, cell: Cell, { x }: Sequence<unknown>): Promise<Work> {
  const inputs = stepsOf(x).map((one) => tensor(tf, one));
  return repeated(tf, () => [tf.tidy(() => tf.stack(outputs(tf, cell, inputs), 1))]);
}

export async function bidirectionalInference(tf: TensorFlow, { weights, x }: Sequence<readonly BothWays[]>): Promise<Work> {
  const layers = weights.map(({ forward, backward }) => [lstm(tf, forward), lstm(tf, backward)] as const);
  const inputs = stepsOf(x).map((one) => tensor(tf, one));
  const bothWays = (below: readonly TfTensor[], [there, back]: readonly [Cell, Cell]): readonly TfTensor[] => {
    const reversed = outputs(tf, back, below.toReversed()).toReversed();
    return outputs(tf, there, below).map((h, t) => tf.concat([h, reversed[t]!], 1));
  };
  return repeated(tf, () => [tf.tidy(() => tf.stack([...layers.reduce(bothWays, inputs)], 1))]);
}

/** One step a run, written first; the output is read whole. */
export async function stream(tf: TensorFlow, cell: Cell, { x }: Sequence<unknown>): Promise<Work> {
  const inputs = stepsOf(x);
  let state = zeroState(tf, cell, x.shape[0]!);
  let t = 0;
  return {
    run() {
      const next = tf.tidy(() => cell.step(tensor(tf, inputs[t++ % inputs.length]!), state));
      tf.dispose(state);
      state = next;
    },
    sync: () => state[0]!.data(),
    result: () => state[0]!.data(),
  };
}

function resetBefore(tf: TensorFlow, { wx, wh, b }: GruWeights): (x: TfTensor, h: TfTensor) => TfTensor {
  const units = wh.shape[0]!;
  const [xGates, xLast] = blocksOf(wx, [2 * units, units]);
  const [hGates, hLast] = blocksOf(wh, [2 * units, units]);
  const [first, last] = blocksOf(b, [2 * units, units]);
  const [gates, gateBias] = [tensor(tf, stacked([xGates!, hGates!])), tensor(tf, first!)];
  const [candidate, bias] = [tensor(tf, stacked([xLast!, hLast!])), tensor(tf, last!)];
  return (x, h) => {
    const zr = tf.fused.matMul({ a: tf.concat([x, h], 1), b: gates, bias: gateBias }).sigmoid();
    const [z, r] = columns(tf, zr, units);
    const fresh = tf.fused.matMul({ a: tf.concat([x, r!.mul(h)], 1), b: candidate, bias }).tanh();
    return fresh.add(z!.mul(h.sub(fresh)));
  };
}

function resetAfter(tf: TensorFlow, { wx, wh, b, bh }: GruWeights): (x: TfTensor, h: TfTensor) => TfTensor {
  const units = wh.shape[0]!;
  const [onX, onH, bias] = [tensor(tf, wx), tensor(tf, wh), tensor(tf, b)];
  const inner = tensor(tf, stacked([zeros([2 * units]), bh!]));
  return (x, h) => {
    const [xz, xr, xn] = columns(tf, tf.fused.matMul({ a: x, b: onX, bias }), units);
    const [hz, hr, hn] = columns(tf, tf.fused.matMul({ a: h, b: onH, bias: inner }), units);
    const z = xz!.add(hz!).sigmoid();
    const fresh = xn!.add(xr!.add(hr!).sigmoid().mul(hn!)).tanh();
    return fresh.add(z.mul(h.sub(fresh)));
  };
}

function outputs(tf: TensorFlow, cell: Cell, inputs: readonly TfTensor[]): TfTensor[] {
  let state = zeroState(tf, cell, inputs[0]!.shape[0]!);
  return inputs.map((x) => (state = cell.step(x, state))[0]!);
}

function zeroState(tf: TensorFlow, { states, units }: Cell, batch: number): TfTensor[] {
  return Array.from({ length: states }, () => tf.zeros([batch, units]));
}

/** Blocks of `width` columns. */
function columns(tf: TensorFlow, x: TfTensor, width: number): readonly TfTensor[] {
  const [rows, all] = x.shape as [number, number];
  return Array.from({ length: all / width }, (_, block) => tf.slice(x, [0, block * width], [rows, width]));
}
