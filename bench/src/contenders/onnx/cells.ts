// Cells over sequences as ONNX graphs. Sequences are steps first, as the operators want them.
import type { HostArray } from "@sluice/core";
import type { BothWays, GruWeights, LstmWeights } from "../../workloads/tasks.ts";
import { blocks, f32, stacked, turned, zeros } from "../layout.ts";
import { type Graph, type Node, reshape, transpose } from "./model.ts";

export interface Cell {
  readonly op: "LSTM" | "GRU";
  readonly attributes: Readonly<Record<string, number>>;
  /** W [1, gates·units, input], R [1, gates·units, units], B [1, 2·gates·units]: of x, then of h. */
  readonly weights: Readonly<Record<"W" | "R" | "B", HostArray>>;
  readonly states: readonly string[];
}

/** Gates i f g o become i o f c. */
export function lstm({ wx, wh, b }: LstmWeights): Cell {
  const [W, R, bias] = [wx, wh, b].map((weight) => {
    const [i, f, g, o] = blocks(weight, 4) as [HostArray, HostArray, HostArray, HostArray];
    return [i, o, f, g];
  }) as [HostArray[], HostArray[], HostArray[]];
  const weights = { W: rows(W), R: rows(R), B: row([...bias, zeros(b.shape)]) };
  return { op: "LSTM", attributes: {}, weights, states: ["h", "c"] };
}

/** Gates z r n are z r h. */
export function gru({ wx, wh, b, bh }: GruWeights): Cell {
  const units = wh.shape[0]!;
  const weights = { W: rows(blocks(wx, 3)), R: rows(blocks(wh, 3)), B: row([b, zeros([2 * units]), bh ?? zeros([units])]) };
  return { op: "GRU", attributes: { linear_before_reset: bh === undefined ? 0 : 1 }, weights, states: ["h"] };
}

interface Length {
  readonly batch: number;
  readonly steps: number;
}

/** x [steps, batch, input] → y [steps, 1, batch, units]. */
export function recurrent({ op, attributes, weights }: Cell, { batch, steps }: Length): Graph {
  const [units, input] = sizesOf(weights);
  return {
    nodes: [{ op, inputs: ["x", "W", "R", "B"], outputs: ["y"], attributes: { hidden_size: units, ...attributes } }],
    inputs: { x: [steps, batch, input] },
    outputs: { y: [steps, 1, batch, units] },
    weights,
  };
}

/** x [1, batch, input] and the states [1, batch, units] → the states, of which `h` is the output. */
export function streaming({ op, attributes, weights, states }: Cell, batch: number): Graph {
  const [units, input] = sizesOf(weights);
  const each = (prefix: string) => Object.fromEntries(states.map((name) => [prefix + name, [1, batch, units]]));
  const inputs = ["x", "W", "R", "B", "", ...states.map((name) => `old ${name}`)];
  const outputs = ["", ...states.map((name) => `new ${name}`)];
  return {
    nodes: [{ op, inputs, outputs, attributes: { hidden_size: units, ...attributes } }],
    inputs: { x: [1, batch, input], ...each("old ") },
    outputs: each("new "),
    weights,
  };
}

/** Layers upon each other; x [steps, batch, input] → y [steps, batch, 2·units]. */
export function bidirectional(layers: readonly BothWays[], { batch, steps }: Length): Graph {
  const units = layers[0]!.forward.wh.shape[0]!;
  const input = layers[0]!.forward.wx.shape[0]!;
  const nodes = layers.flatMap((_, k): Node[] => [
    {
      op: "LSTM",
      inputs: [k === 0 ? "x" : `y${k - 1}`, `W${k}`, `R${k}`, `B${k}`],
      outputs: [`apart${k}`], // [steps, 2, batch, units]
      attributes: { hidden_size: units, direction: "bidirectional" },
    },
    transpose(`apart${k}`, [0, 2, 1, 3], `beside${k}`),
    reshape(`beside${k}`, "joined", `y${k}`),
  ]);
  const weights = layers.flatMap(({ forward, backward }, k) => {
    const [a, b] = [lstm(forward).weights, lstm(backward).weights];
    return (["W", "R", "B"] as const).map((name) => [`${name}${k}`, stacked([a[name], b[name]])] as const);
  });
  return {
    nodes,
    inputs: { x: [steps, batch, input] },
    outputs: { [`y${layers.length - 1}`]: [steps, batch, 2 * units] },
    weights: Object.fromEntries(weights),
    integers: { joined: [steps, batch, 2 * units] },
  };
}

function sizesOf({ W, R }: Cell["weights"]): readonly [units: number, input: number] {
  return [R.shape[2]!, W.shape[2]!];
}

/** Columns become rows: [1, gates·units, …]. */
function rows(gates: readonly HostArray[]): HostArray {
  const { shape, data } = stacked(gates.map(turned));
  return f32([1, ...shape], data);
}

function row(parts: readonly HostArray[]): HostArray {
  const { shape, data } = stacked(parts);
  return f32([1, ...shape], data);
}
