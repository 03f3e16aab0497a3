// Which of a file's numbers are weights: what trains, and what is only a number.
import type { Graph, Model, Node } from "../read/model.ts";
import { isFloat } from "../values/value.ts";
import type { StoredTensor } from "./constants.ts";

/** By operator, the inputs that are parameters whatever their size; those that are statistics, states to start from, or tables. */
const roles: Readonly<Record<string, { readonly parameters?: readonly number[]; readonly others?: readonly number[] }>> = {
  Conv: { parameters: [1, 2] },
  ConvTranspose: { parameters: [1, 2] },
  Gemm: { parameters: [1, 2] },
  PRelu: { parameters: [1] },
  LSTM: { parameters: [1, 2, 3, 7], others: [5, 6] },
  GRU: { parameters: [1, 2, 3], others: [5] },
  RNN: { parameters: [1, 2, 3], others: [5] },
  LayerNormalization: { parameters: [1, 2] },
  InstanceNormalization: { parameters: [1, 2] },
  GroupNormalization: { parameters: [1, 2] },
  RMSNormalization: { parameters: [1] },
  BatchNormalization: { parameters: [1, 2], others: [3, 4] },
  RotaryEmbedding: { others: [1, 2] },
};

export interface Roles {
  /** Names that some node reads as a parameter. */
  readonly parameters: ReadonlySet<string>;
  /** Names that some node reads as what is no parameter. */
  readonly others: ReadonlySet<string>;
}

export function rolesIn({ graph, functions }: Model): Roles {
  const parameters = new Set<string>(),
    others = new Set<string>();
  const visit = (node: Node): void => {
    const role = Object.hasOwn(roles, node.op) ? roles[node.op] : undefined;
    for (const i of role?.parameters ?? []) parameters.add(node.inputs[i] ?? "");
    for (const i of role?.others ?? []) others.add(node.inputs[i] ?? "");
    for (const { graph: inner } of node.attributes.values()) if (inner !== undefined) inside(inner);
  };
  const inside = ({ nodes }: Pick<Graph, "nodes">): void => nodes.forEach(visit);
  inside(graph);
  for (const body of functions.values()) inside(body);
  return { parameters, others };
}

/**
 * Floats that may train, unless something must know their numbers while loading: no infinite or missing ones, which are masks; no tables of zeros,
 * which are states to start from; single numbers only as parameters of an operator that has some.
 */
export function mayTrain({ name, value: { type, shape, data } }: StoredTensor, { parameters, others }: Roles): boolean {
  if (!isFloat(type) || data.length === 0 || others.has(name)) return false;
  if (!data.every(Number.isFinite) || (shape.length > 1 && data.every((n) => n === 0))) return false;
  return data.length > 1 || parameters.has(name);
}
