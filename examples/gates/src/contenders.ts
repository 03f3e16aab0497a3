// The networks that are compared: as wide as each other, each with the learning rate that suits it (tuned on seeds of training, never on the test sequences: README).
import {
  dense,
  globalAveragePooling1D,
  gru,
  input,
  lstm,
  positionalEncoding,
  sequential,
  simpleRNN,
  transformerEncoder,
  type Model,
} from "@sluice/nn";
import type { Task } from "./tasks/task.ts";

export interface Contender {
  readonly title: string;
  readonly what: string;
  readonly learningRate: number;
  model(task: Task, units: number): Model;
}

const ends = ({ steps, features, outputs }: Task) =>
  [input({ shape: [steps, features] }), dense({ units: outputs, ...(outputs > 1 && { activation: "softmax" }) })] as const;

export const contenders = {
  rnn: {
    title: "simple RNN",
    what: "h′ = tanh(W·x + R·h + b), R orthogonal at first",
    learningRate: 0.001,
    model: (task, units) => sequential([ends(task)[0], simpleRNN({ units }), ends(task)[1]], { name: "rnn" }),
  },
  irnn: {
    title: "IRNN",
    what: "h′ = relu(W·x + R·h + b), R the identity at first (Le et al. 2015)",
    learningRate: 0.001,
    model(task, units) {
      const identity = { activation: "relu", recurrentInitializer: "identity", kernelInitializer: { normal: 0.001 } } as const;
      return sequential([ends(task)[0], simpleRNN({ units, ...identity }), ends(task)[1]], { name: "irnn" });
    },
  },
  lstm: {
    title: "LSTM",
    what: "c′ = f∘c + i∘g: what the gates let through is added (Hochreiter & Schmidhuber 1997)",
    learningRate: 0.01,
    model: (task, units) => sequential([ends(task)[0], lstm({ units }), ends(task)[1]], { name: "lstm" }),
  },
  gru: {
    title: "GRU",
    what: "h′ = z∘h + (1 − z)∘n: one gate for both (Cho et al. 2014)",
    learningRate: 0.01,
    model: (task, units) => sequential([ends(task)[0], gru({ units }), ends(task)[1]], { name: "gru" }),
  },
  attention: {
    title: "attention",
    what: "every step looks at every other; nothing recurs (Vaswani et al. 2017)",
    learningRate: 0.002,
    model(task, units) {
      const [first, last] = ends(task);
      const block = transformerEncoder({ numHeads: 2, intermediateDim: units, normalizeFirst: true });
      return sequential([first, dense({ units }), positionalEncoding(), block, globalAveragePooling1D(), last], { name: "attention" });
    },
  },
} as const satisfies Readonly<Record<string, Contender>>;

export type ContenderName = keyof typeof contenders;
export const contenderNames = Object.keys(contenders) as ContenderName[];
