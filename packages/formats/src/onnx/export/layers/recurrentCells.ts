// Which cells LSTM, GRU and RNN of ONNX compute, and how: the order of their gates, their activations, and what else they can.
import { type Attributes, type Data, int } from "../emission/values.ts";
import { recurrentActivation } from "./activations.ts";
import { option, textOption } from "./reading.ts";
import { nth } from "../../read/there.ts";

type Activation = NonNullable<ReturnType<typeof recurrentActivation>>;

export interface CellNode {
  readonly op: "LSTM" | "GRU" | "RNN";
  /** For each gate of ONNX, which of ours it is. */
  readonly gates: readonly number[];
  /** A gate of ours whose opposite ONNX has: 1 − σ(a) = σ(−a). */
  readonly negated?: number;
  readonly activations: readonly Activation[];
  /** Those that a node has without saying so. */
  readonly defaults: readonly string[];
  readonly states: readonly string[];
  readonly attributes: Attributes;
  /** Element i of a way's P [3·units], from ours. */
  readonly peepholes?: (wc: Data, units: number, i: number) => number;
}

/** Not those with layer normalisation, a projection, or a clip of the memory: ONNX clips what activations read. */
export function lstmNode(config: object): CellNode | undefined {
  if (["layerNorm", "projection", "cellClip"].some((name) => isSet(config, name))) return undefined;
  const activations = named(config, [["recurrentActivation", "sigmoid"], ["activation", "tanh"], ["activation", "tanh"]]); // prettier-ignore
  if (activations === undefined) return undefined;
  const isCoupled = isSet(config, "coupled"); // where f is 1 − i, and what stands in its place is not read
  const [gates, peepholes] = isCoupled
    ? ([
        [0, 2, 0, 1],
        [0, 1, 0],
      ] as const)
    : ([
        [0, 3, 1, 2],
        [0, 2, 1],
      ] as const); // prettier-ignore -- i o f c and i o f, of our i f g o and i f o
  return {
    op: "LSTM",
    gates,
    activations,
    defaults: ["Sigmoid", "Tanh", "Tanh"],
    states: ["h", "c"],
    attributes: isCoupled ? { input_forget: int(1) } : {},
    ...(isSet(config, "peepholes") && {
      peepholes: ({ data }, units, i) => nth(data, nth(peepholes, Math.floor(i / units)) * units + (i % units)), // of three
    }),
  };
}

/** h′ = z∘h + (1 − z)∘n, or the other way round where σ(−a) is 1 − σ(a). */
export function gruNode(config: object): CellNode | undefined {
  const reset = option(config, "reset") ?? (option(config, "resetAfter") === false ? "before" : "after");
  const replaces = option(config, "update") === "replaces",
    sigma = option(config, "recurrentActivation") ?? "sigmoid";
  const isOdd = sigma === "sigmoid" || sigma === "hardSigmoid" || sigma === "hardSigmoidKeras3";
  if (isSet(config, "layerNorm") || reset === "none" || (replaces && !isOdd)) return undefined;
  const activations = named(config, [["recurrentActivation", "sigmoid"], ["activation", "tanh"]]); // prettier-ignore
  if (activations === undefined) return undefined;
  return {
    op: "GRU",
    gates: [0, 1, 2],
    ...(replaces && { negated: 0 }),
    activations,
    defaults: ["Sigmoid", "Tanh"],
    states: ["h"],
    attributes: { linear_before_reset: int(reset === "after" ? 1 : 0) },
  };
}

export function rnnNode(config: object): CellNode | undefined {
  const activations = named(config, [["activation", "tanh"]]);
  return activations && { op: "RNN", gates: [0], activations, defaults: ["Tanh"], states: ["h"], attributes: {} };
}

function isSet(config: object, name: string): boolean {
  const given = option(config, name);
  return given !== undefined && given !== false;
}

function named(config: object, options: readonly (readonly [option: string, otherwise: string])[]): readonly Activation[] | undefined {
  const found = options.map(([name, otherwise]) => recurrentActivation(textOption(config, name, otherwise)));
  return found.every((one) => one !== undefined) ? found : undefined;
}
