// Training steps, each one function under `jit`: loss, gradients, Adam (Kingma & Ba 2015, algorithm 1).
import type { CharModel, Training, Updated } from "../../workloads/tasks.ts";
import type { HostArray } from "@sluice/core";
import type { Work } from "../contender.ts";
import { f32, stepsFirst, zeros } from "../layout.ts";
import { again, array, type Arrays, arrays, type Jax, type JaxArray } from "./api.ts";
import { type Cell, lstm } from "./cells.ts";
import { apart, outputs } from "./sequences.ts";

const beta1 = 0.9;
const beta2 = 0.999;

/** The cell's last output goes through the dense layer; mean squared error. */
export function cellTraining(jax: Jax, cell: Cell, { dense, x, y, ...adam }: Training<unknown>): Promise<Work> {
  const { numpy: np } = jax;
  const weights = { ...cell.weights, outW: dense.w, outB: dense.b };
  return trained(jax, weights, { x: stepsFirst(x), y }, adam, ({ outW, outB, ...own }, { x, y }) => {
    const each = outputs(jax, cell, own, apart(x!));
    for (const one of each.slice(0, -1)) one.dispose();
    return np.mean(np.square(np.matmul(each.at(-1)!, outW!).add(outB!).sub(y!)));
  });
}

/** The embedding is a product with one-hot characters, step by step: the gradient of a slice is as large as what it was cut from. */
export function charModelTraining(jax: Jax, given: CharModel): Promise<Work> {
  const { embedding, dense, characters, next } = given;
  const { numpy: np, nn } = jax;
  const vocabulary = embedding.shape[0]!;
  const [batch, steps] = characters.shape as [number, number];
  const cell = lstm(jax, given.lstm);
  const weights = { embedding, ...cell.weights, outW: dense.w, outB: dense.b };
  const data = { characters: stepsFirst(characters), next: stepsFirst(next) };
  return trained(jax, weights, data, given, ({ embedding, outW, outB, ...own }, { characters, next }) => {
    const x = apart(nn.oneHot(characters!, vocabulary)).map((one) => np.matmul(one, embedding!.ref));
    embedding!.dispose();
    const each = np.concatenate(outputs(jax, cell, own, x), 0); // [steps·batch, units]
    const likelihood = nn.logSoftmax(np.matmul(each, outW!).add(outB!)).mul(nn.oneHot(next!.reshape([steps * batch]), vocabulary));
    return likelihood.sum().div(-steps * batch);
  });
}

type Hosts = Readonly<Record<string, HostArray>>;

async function trained(
  jax: Jax,
  weights: Hosts,
  data: Hosts,
  rates: Updated,
  lossOf: (weights: Arrays, data: Arrays) => JaxArray,
): Promise<Work> {
  const step = jax.jit((weights: Arrays, moments: Moments, corrections: JaxArray, data: Arrays) => {
    const [loss, gradients] = jax.valueAndGrad((at: Arrays) => lossOf(at, data))(again(weights));
    return [loss, ...updated(jax, { weights, gradients, moments, corrections, rates })] as const;
  });
  const zero = () =>
    arrays(
      jax,
      mapped(weights, ({ shape }) => zeros(shape)),
    );
  const on = arrays(jax, data);
  let [w, moments]: readonly [Arrays, Moments] = [arrays(jax, weights), { m: zero(), v: zero() }];
  let loss: JaxArray | undefined;
  let runs = 0;
  return {
    run() {
      loss?.dispose();
      runs++;
      const corrections = f32([2], Float32Array.of(1 / (1 - beta1 ** runs), 1 / (1 - beta2 ** runs)));
      [loss, w, moments] = step(w, moments, array(jax, corrections), again(on));
    },
    sync: () => jax.blockUntilReady([loss!, w, moments.m, moments.v]),
    result: () => loss!.ref.data(),
  };
}

type Moments = Readonly<Record<"m" | "v", Arrays>>;
interface Update {
  readonly weights: Arrays;
  readonly gradients: Arrays;
  readonly moments: Moments;
  /** 1 / (1 − β₁ᵗ) and 1 / (1 − β₂ᵗ) */
  readonly corrections: JaxArray;
  readonly rates: Updated;
}

function updated({ numpy: np }: Jax, { weights, gradients, moments, corrections, rates }: Update): readonly [Arrays, Moments] {
  const m = mapped(moments.m, (m, name) => m.mul(beta1).add(gradients[name]!.ref.mul(1 - beta1)));
  const v = mapped(moments.v, (v, name) => v.mul(beta2).add(np.square(gradients[name]!).mul(1 - beta2)));
  const next = mapped(weights, (w, name) => {
    const [m̂, v̂] = [m[name]!.ref.mul(corrections.ref.slice(0)), v[name]!.ref.mul(corrections.ref.slice(1))];
    return w.sub(m̂.mul(rates.learningRate).div(np.sqrt(v̂).add(rates.epsilon)));
  });
  corrections.dispose();
  return [next, { m, v }];
}

function mapped<T, R>(record: Readonly<Record<string, T>>, f: (value: T, name: string) => R): Readonly<Record<string, R>> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, f(value, name)]));
}
