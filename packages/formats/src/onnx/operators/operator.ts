// What an operator is: a function of values, with its attributes; and what it may ask of whoever runs the graph.
import type { DType, Shape, Tensor } from "@sluice/core";
import type { Attributes } from "../read/attributes.ts";
import type { Graph, Node } from "../read/model.ts";
import type { Known, Value } from "../values/value.ts";

export interface Call {
  readonly node: Node;
  /** Of the operator's domain, as the file asks for it. */
  readonly version: number;
  readonly attributes: Attributes;
  /** Undefined where an optional one is left out. */
  readonly inputs: readonly (Value | undefined)[];
  readonly run: Runner;
}

/** States of recurrent nodes from one run to the next, in the order in which they are asked for. */
export interface Memory {
  /** What the next state is before the run. */
  start(shape: Shape, dtype: DType): Tensor;
  /** What the next state is after it. */
  end(state: Tensor): void;
}

/** Who runs the graph. */
export interface Runner {
  /** The numbers of a value that must be known while loading; `what` names it. Throws what is not supported for others. */
  known(value: Value, what: string): Known;
  /** What is made of these values: once for all runs where they are weights and known numbers. */
  once(values: readonly (Value | undefined)[], make: () => Tensor): Tensor;
  /** What a subgraph gives for its inputs; it sees what the graph around it has. */
  subgraph(graph: Graph, inputs: readonly Value[]): readonly Value[];
  /** Where the net goes on from step to step: the states that its recurrent nodes keep. */
  readonly memory: Memory | undefined;
  /** Whether the reset gates of all GRU act after the product, where the caller says so. */
  readonly resetAfter: boolean | undefined;
  /** Runs `attempt`; where it meets something that is not supported, `otherwise`. */
  firstOf<T>(attempt: () => T, otherwise: () => T): T;
}

export interface Operator {
  /** The first version of its operator set that means what is done here. */
  readonly since: number;
  /** Undefined for outputs that are not known because nothing reads them. */
  readonly evaluate: (call: Call) => readonly (Value | undefined)[];
}

export type Operators = Readonly<Record<string, Operator>>;
