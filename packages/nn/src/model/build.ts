// A graph of layers for samples of certain shapes: each layer built for what it reads.
import { entryOf, foundIn, maybeEntryOf } from "../host/entryOf.ts";
import { leavesOf, mapTree, SluiceError, type Tree, type Weight } from "@sluice/core";
import { isDrawn, isSymbolic } from "../layers/callable.ts";
import type { Activation } from "../layers/activationFunction.ts";
import type { AnyLayer, Built, Drawn, Symbolic } from "../layers/layer.ts";
import { describe, isSpec, stepsOf, type Spec } from "../layers/spec.ts";
import type { BuiltModel, BuiltNode, BuiltOutput } from "./built.ts";
import { checkedBuilt } from "./checkedBuilt.ts";
import { forward } from "./forward.ts";
import { useName, type Graph, type Named, type Node } from "./graph.ts";
import { stepForm } from "./stepForm.ts";

/** What is known of a value before it is computed. */
interface Known {
  readonly spec: Spec;
  /** The inputs whose steps these are. */
  readonly lengthsOf: readonly string[];
}

/** Throws what layers throw that do not fit what they read, and SHAPE_MISMATCH for one that is used for samples of different features. */
export function buildGraph(graph: Graph, samples: Named<Spec>): BuiltModel {
  const known = new Map<Symbolic, Known>();
  for (const [name, value] of Object.entries(graph.inputs))
    known.set(value, { spec: inputSpec(name, value, entryOf(samples, name)), lengthsOf: [name] });
  const byCall = new Map<unknown, Named<Known>>();
  const knownOf = (value: Symbolic): Known =>
    known.get(value) ?? maybeEntryOf(foundIn(byCall, value.call), value.path) ?? notGiven(graph, value); // a node comes after what it reads
  const nodes = graph.nodes.map((node) => {
    const built = buildNode(node, knownOf);
    byCall.set(node.call, given(node, built, knownOf));
    return { ...node, built };
  });
  checkShared(nodes);
  const first = nodes.filter(({ use }) => use === 0);
  const outputs = Object.fromEntries(Object.entries(graph.outputs).map(([name, value]) => [name, outputOf(nodes, value, knownOf(value))]));
  return {
    inputs: Object.fromEntries(Object.entries(graph.inputs).map(([name, value]) => [name, knownOf(value).spec])),
    outputs,
    layers: first.map(({ name, call, built }) => ({ name, kind: call.layer.kind, output: built.output, weights: built.weights })),
    weights: Object.fromEntries(first.flatMap(({ name, built }) => (leafless(built.weights) ? [] : [[name, built.weights]]))),
    drawn: Object.fromEntries(nodes.flatMap(masksOf)),
    carried: Object.fromEntries(nodes.flatMap((node) => (node.built.carried === undefined ? [] : [[useName(node), node.built.carried]]))),
    apply: (weights, inputs, context = {}) => forward(graph, nodes, { weights, inputs, context }),
    stepForm: (over, maxSteps) => stepForm(graph, nodes, { over, maxSteps, specOf: (value) => knownOf(value).spec }),
  };
}

/** As an `input(…)` says it. */
function inputSpec(name: string, value: Symbolic, sample: Spec): Spec {
  return "build" in value ? ((value as Symbolic & { build: AnyLayer["build"] }).build(sample as never, name).output as Spec) : sample; // of an input
}

function buildNode({ name, call }: Node, knownOf: (value: Symbolic) => Known): Built<never> {
  const specs = (tree: Tree<Symbolic>): Tree<Spec> => mapTree(tree, isSymbolic, (value) => knownOf(value as Symbolic).spec) as Tree<Spec>; // one for each
  const beside = Object.fromEntries(Object.entries(call.beside).map(([key, tree]) => [key, specs(tree)]));
  return checkedBuilt(name, call.layer.build(specs(call.x) as never, name, beside)); // of the tree that it reads, or it says so
}

/** What it gives, by path. A value whose first axis is still that of the steps it was made of has their lengths. */
function given({ call }: Node, { output, also = {} }: Built<never>, knownOf: (value: Symbolic) => Known): Named<Known> {
  const read = leavesOf(call.x, isSymbolic).map(([, value]) => knownOf(value as Symbolic)); // as calls are made
  return Object.fromEntries(
    [...leavesOf(output, isSpec), ...leavesOf(also, isSpec)].map(([path, leaf]) => {
      const spec = leaf as Spec, // a layer gives these
        steps = stepsOf(spec);
      const counted = steps === undefined ? [] : read.filter((one) => stepsOf(one.spec) === steps);
      const isCut = counted.some((one) => one.spec.isCut === true);
      return [path, { spec: isCut ? { ...spec, isCut } : spec, lengthsOf: counted.flatMap((one) => one.lengthsOf) }];
    }),
  );
}

function outputOf(nodes: readonly BuiltNode[], value: Symbolic, { spec, lengthsOf }: Known): BuiltOutput {
  return { spec, activation: activationOf(nodes, value), lengthsOf: stepsOf(spec) === undefined ? [] : lengthsOf };
}

/** What it ends with, also where the last layers only move what they read: of a softmax, where its rows stay. */
function activationOf(nodes: readonly BuiltNode[], value: Symbolic): Activation {
  const node = value.path === "" ? nodes.find(({ call }) => call === value.call) : undefined;
  if (node?.built.passes !== true || !isSymbolic(node.call.x)) return node?.built.activation ?? "linear";
  const before = activationOf(nodes, node.call.x),
    source = nodes.find(({ call }) => isSymbolic(node.call.x) && call === node.call.x.call);
  const widths = [source?.built.output, node.built.output].map((output) => (isSpec(output) ? output.shape.at(-1) : undefined));
  return before === "sigmoid" || (before === "softmax" && widths[0] === widths[1]) ? before : "linear";
}

function masksOf(node: BuiltNode): [path: string, mask: Drawn][] {
  const leaves = leavesOf({ [useName(node)]: node.built.drawn }, isDrawn);
  return leaves.filter((entry): entry is [string, Drawn] => isDrawn(entry[1]));
}

function leafless(weights: Tree<Weight>): boolean {
  return Object.keys(weights).length === 0;
}

function checkShared(nodes: readonly BuiltNode[]): void {
  const first = new Map<string, BuiltNode>();
  for (const node of nodes) {
    const before = first.get(node.name);
    if (before === undefined) first.set(node.name, node);
    else if (JSON.stringify(before.built.weights) !== JSON.stringify(node.built.weights)) throw unlike(node);
  }
}

/** Its call said that the layer gives it, or the file did. */
function notGiven({ nodes }: Graph, { call, path }: Symbolic): never {
  const who = nodes.find((node) => node.call === call)?.name ?? "model";
  throw new SluiceError({
    code: "INVALID_ARGUMENT",
    who,
    what: `gives no "${path}"`,
    fix: "Build what `gives` and `also` of the layer say",
  });
}

function unlike({ name, built }: BuiltNode): SluiceError {
  const output = leavesOf(built.output, isSpec).map(([, spec]) => describe(spec as Spec)); // a layer gives these
  return new SluiceError({
    code: "SHAPE_MISMATCH",
    who: name,
    what: `is used for samples of different features, and has one set of weights for all (it would give ${output.join(", ")})`,
    fix: "Give both uses as many features, or make two layers",
  });
}
