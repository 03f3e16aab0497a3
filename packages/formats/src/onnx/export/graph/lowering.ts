// What writing a graph's nodes may ask of the whole: values of other nodes, and what is known of all of them.
import type { Loop, Node, Regions, States } from "@sluice/core/graph";
import type { Emitter, NameSource } from "../emission/emitter.ts";
import type { Numbers } from "../emission/values.ts";

export interface Lowering {
  readonly names: NameSource;
  /** All nodes that are needed, each after what it is computed from. */
  readonly order: readonly Node[];
  readonly regions: Regions;
  /** The node's value, of its shape. */
  value(node: Node): Numbers;
  /** What broadcasts to the node's shape: repeats are left to the operator that reads it. */
  spread(node: Node): Numbers;
  /** Whether it is not 0, as truth values that broadcast to the node's shape. */
  test(node: Node): Numbers;
  loop(loop: Loop): LoopResults;
  /** Where nodes of a region are put down. */
  emitterOf(region: Loop | undefined): Emitter;
  /** Where those of a body are, once it is known what its params are. */
  open(loop: Loop, params: ReadonlyMap<Node, Numbers>): Emitter;
  /** All that is computed in a region, in order: so that deep graphs take no deep stack. */
  run(region?: Loop): void;
  /** What reads a loop's states. */
  readersOf(states: States): readonly Node[];
  isResult(node: Node): boolean;
}

export interface LoopResults {
  /** [steps, …] of a value of the body. */
  stacked(of: Node): Numbers;
  /** A state after the last iteration. */
  last(state: number): Numbers;
  /** [steps, …] as iterations leave it. */
  after(state: number): Numbers;
  /** [steps + 1, …], with its start. */
  all(state: number): Numbers;
}

/** Nodes that are written in another way than by what they are computed from: all that one layer gives. */
export interface Replacement {
  /** Where it stands, for names and errors. */
  readonly origin: string;
  /** What it reads. */
  readonly reads: readonly Node[];
  /** What it gives, in the order of the nodes that it replaces. */
  emit(e: Emitter, lowering: Lowering): readonly Numbers[];
}

/** That a node is the `index`-th of what the replacement gives. */
export interface Replaced {
  readonly by: Replacement;
  readonly index: number;
}
