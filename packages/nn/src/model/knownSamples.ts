// What samples a model says it is for, before it has seen any.
import type { Symbolic } from "../layers/layer.ts";
import type { Spec } from "../layers/spec.ts";
import { readBy, type Graph, type Named } from "./graph.ts";
import type { Saved } from "./saved.ts";

/** By input; those it was saved with, or those that each `input({ shape })` says. Undefined where one says none. */
export function knownSamples(graph: Graph, saved: Saved | undefined): Named<Spec> | undefined {
  if (saved !== undefined) return saved.samples;
  const declared = Object.entries(graph.inputs).map(([name, value]) => [name, specIn(value) ?? specOfFirst(graph, value)] as const);
  return declared.every(([, spec]) => spec !== undefined) ? (Object.fromEntries(declared) as Named<Spec>) : undefined; // as was just seen
}

function specIn(value: object): Spec | undefined {
  return "input" in value ? (value.input as Spec) : undefined; // of an `input`
}

/** Of the `input` that stands first in a sequence. */
function specOfFirst(graph: Graph, value: Symbolic): Spec | undefined {
  return graph.nodes.find(({ call }) => readBy(call).includes(value) && call.layer.input !== undefined)?.call.layer.input;
}
