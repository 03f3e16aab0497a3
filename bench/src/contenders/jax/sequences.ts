// Cells over sequences. It has no loop: under `jit` all steps are one graph.
import type { HostArray } from "@sluice/core";
import type { BothWays, Sequence } from "../../workloads/tasks.ts";
import type { Work } from "../contender.ts";
import { stepsFirst, stepsOf } from "../layout.ts";
import { again, array, type Arrays, arrays, type Jax, type JaxArray, repeated } from "./api.ts";
import { type Cell, lstm } from "./cells.ts";

/** The output of each step, from a zero state. Uses up everything. */
export function outputs({ numpy: np }: Jax, cell: Cell, weights: Arrays, inputs: readonly JaxArray[]): JaxArray[] {
  const batch = inputs[0]!.shape[0]!;
  let states = Array.from({ length: cell.states }, () => np.zeros([batch, cell.units]));
  const each = inputs.map((x) => {
    states = cell.step(x, states, weights);
    return states[0]!.ref;
  });
  for (const one of [...states, ...Object.values(weights)]) one.dispose();
  return each;
}

/** [steps, batch, input] as its steps. Uses it up. */
export function apart(x: JaxArray): readonly JaxArray[] {
  const steps = Array.from({ length: x.shape[0]! }, (_, t) => x.ref.slice(t));
  x.dispose();
  return steps;
}

/** All outputs. */
export async function inference(jax: Jax, cell: Cell, { x }: Sequence<unknown>): Promise<Work> {
  checkSteps(x);
  const run = jax.jit((weights: Arrays, x: JaxArray) => jax.numpy.stack(outputs(jax, cell, weights, apart(x)), 1));
  const [on, xs] = [arrays(jax, cell.weights), array(jax, stepsFirst(x))];
  return repeated(jax, () => [run(again(on), xs.ref)]);
}

/** Layers upon each other. */
export async function bidirectionalInference(jax: Jax, { weights, x }: Sequence<readonly BothWays[]>): Promise<Work> {
  checkSteps(x);
  const { numpy: np } = jax;
  const cells = weights.flatMap(({ forward, backward }) => [lstm(jax, forward), lstm(jax, backward)]);
  const run = jax.jit((weights: readonly Arrays[], x: JaxArray) => {
    let below = apart(x);
    for (let at = 0; at < cells.length; at += 2) {
      const reversed = below.map((one) => one.ref).toReversed();
      const back = outputs(jax, cells[at + 1]!, weights[at + 1]!, reversed).toReversed();
      below = outputs(jax, cells[at]!, weights[at]!, below).map((h, t) => np.concatenate([h, back[t]!], 1));
    }
    return np.stack([...below], 1);
  });
  const [on, xs] = [cells.map((cell) => arrays(jax, cell.weights)), array(jax, stepsFirst(x))];
  return repeated(jax, () => [run(on.map(again), xs.ref)]);
}

/** One step a run, written first; the output is read whole. */
export async function stream(jax: Jax, cell: Cell, { x }: Sequence<unknown>): Promise<Work> {
  const inputs = stepsOf(x);
  const run = jax.jit((weights: Arrays, x: JaxArray, states: readonly JaxArray[]) => {
    const next = cell.step(x, states, weights);
    for (const one of Object.values(weights)) one.dispose();
    return next;
  });
  const on = arrays(jax, cell.weights);
  let states: readonly JaxArray[] = Array.from({ length: cell.states }, () => jax.numpy.zeros([x.shape[0]!, cell.units]));
  let t = 0;
  return {
    run() {
      states = run(again(on), array(jax, inputs[t++ % inputs.length]!), states);
    },
    sync: () => states[0]!.ref.data(),
    result: () => states[0]!.ref.data(),
  };
}

/** Steps in one graph. 512 of them compile in seconds, 1024 in most of a minute (batch 8, 32→64 units). */
const most = 512;

function checkSteps(x: HostArray): void {
  if (x.shape[1]! > most) throw new Error(`has no loop: more than ${most} steps, all in one graph, compile too long`);
}
