// TensorFlow.js on its plain JavaScript backend, through its layers, as its guide shows it.
import type { HostArray } from "@sluice/core";
import type { LstmInference, LstmTraining, LstmWeights, Matmul } from "../workloads/workload.ts";
import type { Contender, Work } from "./contender.ts";
import { importPeer } from "./installed.ts";

export const tfjsCpu: Contender = {
  name: "tfjs-cpu",
  kind: "peer",
  usual: true,
  async open() {
    const tf = await load();
    return {
      version: `@tensorflow/tfjs ${tf.version["tfjs"]}`,
      tasks: {
        lstmTraining: (given) => training(tf, given),
        lstmInference: (given) => inference(tf, given),
        matmul: (given) => product(tf, given),
      },
    };
  },
};

async function load(): Promise<TensorFlow> {
  console.warn = () => {}; // its advice to install another build
  const module = (await importPeer("@tensorflow/tfjs")) as { readonly default: TensorFlow };
  const tf = module.default;
  tf.enableProdMode();
  if (!(await tf.setBackend("cpu"))) throw new Error("has no cpu backend here");
  await tf.ready();
  return tf;
}

async function training(tf: TensorFlow, { lstm, dense, x, y, learningRate, epsilon }: LstmTraining): Promise<Work> {
  const layers = [lstmLayer(tf, lstm, x, false), tf.layers.dense({ units: 1, weights: [tensor(tf, dense.w), tensor(tf, dense.b)] })];
  const model = tf.sequential({ layers });
  model.compile({ optimizer: tf.train.adam(learningRate, 0.9, 0.999, epsilon), loss: "meanSquaredError" });
  const [xs, ys] = [tensor(tf, x), tensor(tf, y)];
  let loss = NaN;
  return {
    async run() {
      loss = await model.trainOnBatch(xs, ys); // reads the loss
    },
    sync: async () => loss,
    result: async () => Float32Array.of(loss),
  };
}

async function inference(tf: TensorFlow, { lstm, x }: LstmInference): Promise<Work> {
  const model = tf.sequential({ layers: [lstmLayer(tf, lstm, x, true)] });
  const xs = tensor(tf, x);
  return repeated(tf, () => model.predictOnBatch(xs));
}

async function product(tf: TensorFlow, { a, b }: Matmul): Promise<Work> {
  const [x, y] = [tensor(tf, a), tensor(tf, b)];
  return repeated(tf, () => tf.matMul(x, y));
}

/** Runs that leave a tensor; the one before is given back. The cpu backend computes at once, so that a read of one number syncs. */
function repeated(tf: TensorFlow, run: () => TfTensor): Work {
  let latest: TfTensor | undefined;
  return {
    run() {
      latest?.dispose();
      latest = run();
    },
    async sync() {
      const small = tf.tidy(() => latest!.flatten().slice([latest!.size - 1], [1]));
      await small.data();
      small.dispose();
    },
    result: () => latest!.data(),
  };
}

/** Its gates stand in our order, i f c o; its recurrent activation is a hard sigmoid unless told otherwise. */
function lstmLayer(tf: TensorFlow, { wx, wh, b }: LstmWeights, x: HostArray, returnSequences: boolean): unknown {
  const [batch, steps, input] = x.shape;
  return tf.layers.lstm({
    units: wh.shape[0]!,
    batchInputShape: [batch!, steps!, input!],
    recurrentActivation: "sigmoid",
    returnSequences,
    weights: [wx, wh, b].map((weight) => tensor(tf, weight)),
  });
}

function tensor(tf: TensorFlow, { data, shape }: HostArray): TfTensor {
  return tf.tensor(data, [...shape], "float32");
}

/** What we use of it. Its own types are there only where it is installed. */
interface TensorFlow {
  readonly version: Readonly<Record<string, string>>;
  enableProdMode(): void;
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
  tensor(data: ArrayLike<number>, shape: number[], dtype: string): TfTensor;
  matMul(a: TfTensor, b: TfTensor): TfTensor;
  tidy<T>(run: () => T): T;
  readonly layers: Readonly<Record<"lstm" | "dense", (config: object) => unknown>>;
  readonly train: { adam(learningRate: number, beta1: number, beta2: number, epsilon: number): unknown };
  sequential(config: { layers: unknown[] }): TfModel;
}
interface TfModel {
  compile(config: object): void;
  trainOnBatch(x: TfTensor, y: TfTensor): Promise<number>;
  predictOnBatch(x: TfTensor): TfTensor;
}
interface TfTensor {
  readonly size: number;
  flatten(): TfTensor;
  slice(begin: number[], size: number[]): TfTensor;
  data(): Promise<Float32Array>;
  dispose(): void;
}
