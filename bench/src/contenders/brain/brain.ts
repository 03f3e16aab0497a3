// brain.js: cells as networks of single matrices, one row at a time, in JavaScript.
import type { HostArray } from "@sluice/core";
import type { GruWeights, Sequence } from "../../workloads/tasks.ts";
import { type Contender, type Opened, refuses, type Work } from "../contender.ts";
import { importPeer, versionOf } from "../installed.ts";
import { blocks, stepsOf, turned } from "../layout.ts";

export const brain: Contender = {
  name: "brain.js",
  kind: "peer",
  usual: true,
  async open() {
    const { default: brain } = (await importPeer("brain.js")) as { readonly default: Brain };
    return { version: versionOf("brain.js"), threads: 1, tasks: tasksOf(brain) };
  },
};

const otherLstm = refuses("has another LSTM: its output stands for the cell state, too");

function tasksOf(brain: Brain): Opened["tasks"] {
  return {
    lstmInference: otherLstm,
    lstmStreaming: otherLstm,
    lstmTraining: otherLstm,
    gruInference: (given) => inference(brain, given),
    gruStreaming: refuses("has no GRU with reset after the product"),
    gruTraining: refuses("has no batches and no Adam, and loses part of the update gate's gradient"),
  };
}

async function inference(brain: Brain, given: Sequence<GruWeights>): Promise<Work> {
  const { weights, x } = given;
  if (weights.bh !== undefined) throw new Error("has no GRU with reset after the product");
  if (x.shape[0] !== 1) throw new Error("has no batches");
  const steps = stepsOf(x).map(({ data }) => data as Float32Array); // as every x is
  const units = weights.wh.shape[0]!;
  const { equations, equationConnections } = unrolled(brain, weights, steps.length);
  const outputs = new Float32Array(steps.length * units);
  return {
    run: () =>
      steps.forEach((input, t) => {
        equations[t]!.runInput(input);
        outputs.set(equationConnections[t]![0]!.weights, t * units);
      }),
    sync: async () => outputs[0], // it has computed by then
    result: async () => outputs,
  };
}

/** An equation per step, each reading the output of the one before; its output layer, which nobody asks for, is as small as can be. */
function unrolled({ recurrent }: Brain, { wx, wh, b }: GruWeights, steps: number): Model {
  const [input, units] = [wx.shape[0]!, wh.shape[0]!];
  const net = new recurrent.GRUTimeStep({ inputSize: input, hiddenLayers: [units], outputSize: 1 });
  net.initialize();
  const [layer] = net.model.hiddenLayers;
  const gates = ["updateGate", "resetGate", "cellWrite"];
  const set = (parts: readonly HostArray[], suffix: string): void =>
    parts.forEach((part, gate) => layer![gates[gate] + suffix]!.weights.set(part.data));
  set(blocks(wx, 3).map(turned), "InputMatrix");
  set(blocks(wh, 3).map(turned), "HiddenMatrix");
  set(blocks(b, 3), "Bias");
  for (let t = 0; t < steps; t++) net.bindEquation();
  return net.model;
}

/** What we use of it. Its own types are there only where it is installed. */
interface Brain {
  readonly recurrent: { readonly GRUTimeStep: new (sizes: object) => Network };
}
interface Network {
  readonly model: Model;
  initialize(): void;
  bindEquation(): void;
}
interface Model {
  readonly hiddenLayers: readonly Readonly<Record<string, Matrix>>[];
  readonly equations: readonly { runInput(x: Float32Array): Matrix }[];
  /** Per step the outputs of the hidden layers. */
  readonly equationConnections: readonly (readonly Matrix[])[];
}
interface Matrix {
  readonly weights: Float32Array;
}
