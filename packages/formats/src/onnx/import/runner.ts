// Runs a graph of a file on values, node after node: known numbers are folded, the rest becomes tensors of core.
import { SluiceError } from "@sluice/core";
import { Attributes } from "../read/attributes.ts";
import { corrupt, NotSupported, unsupported, type UnsupportedPart } from "../read/failures.ts";
import { functionKey } from "../read/graph.ts";
import type { Attribute, FunctionBody, Graph, Model, Node } from "../read/model.ts";
import { nth } from "../read/there.ts";
import type { Memory, Runner } from "../operators/operator.ts";
import { isEarly, type Known, tensorOf, type Value } from "../values/value.ts";
import { nameOf, type Opsets, operatorOf } from "./operatorOf.ts";
import type { Staging } from "./staging.ts";
import type { Stored, StoredTensor } from "./constants.ts";

/** What is not supported inside of a graph of a node, where that is listed already. */
class Listed extends NotSupported {}

/** Undefined: not known, because a node before is not supported. */
type Slot = Value | undefined;

interface Scope {
  readonly values: Map<string, Slot>;
  readonly outer: Scope | undefined;
}

export interface RunOptions {
  readonly model: Model;
  readonly stored: Stored;
  readonly staging: Staging;
  /** A stored tensor as a value: its numbers, or a tensor of a weight. */
  readonly valueOf: (tensor: StoredTensor) => Value;
  /** The numbers of a weight, where they must be known; undefined for what is no weight as it is. */
  readonly numbersOf: (value: Value) => Known | undefined;
  /** Told of each value that a node reads. */
  readonly onRead?: ((value: Value) => void) | undefined;
  /** Where it is given what is not supported is listed here, and the run goes on; otherwise it is thrown. */
  readonly findings?: UnsupportedPart[] | undefined;
  readonly resetAfter: boolean | undefined;
  readonly memory?: Memory | undefined;
}

/** Functions within functions, and graphs within graphs. */
const deepest = 64;

/** Nodes that one run may evaluate, bodies of loops as often as they run. */
const mostNodes = 200_000;

/** The outputs of the model's graph; undefined for those that are not known, where findings are listed. */
export function runModel(options: RunOptions, inputs: ReadonlyMap<string, Value>): readonly Slot[] {
  const run = new GraphRun(options);
  return run.graph(options.model.graph, inputs, undefined, options.model.opsets).map((value) => run.staged(value));
}

class GraphRun {
  readonly #options: RunOptions;
  #findings: UnsupportedPart[] | undefined;
  #nodes = 0;
  #depth = 0;
  readonly #staged = new Map<Value, Value>();
  /** Of a staged value the one that it was. */
  readonly #origins = new Map<Value, Value>();

  constructor(options: RunOptions) {
    this.#options = options;
    this.#findings = options.findings;
  }

  graph(
    { initialisers, nodes, outputs }: Graph,
    inputs: ReadonlyMap<string, Value>,
    outer: Scope | undefined,
    opsets: Opsets,
  ): readonly Slot[] {
    const { stored, valueOf } = this.#options,
      scope: Scope = { values: new Map(inputs), outer };
    for (const [name, tensor] of initialisers) scope.values.set(name, valueOf(stored.initialiser(tensor)));
    for (const node of nodes) this.#node(node, scope, opsets);
    return outputs.map(({ name }) => lookUp(name, scope));
  }

  #node(node: Node, scope: Scope, opsets: Opsets): void {
    if (++this.#nodes > mostNodes)
      throw unsupported([this.#part(node, opsets, `runs more than ${mostNodes} nodes`, "make its loops shorter")]);
    const inputs = node.inputs.map((name) => (name === "" ? undefined : lookUp(name, scope)));
    for (const value of inputs) if (value !== undefined) this.#options.onRead?.(value);
    const isKnown = node.inputs.every((name, i) => name === "" || inputs[i] !== undefined);
    const outputs = this.#guarded(node, opsets, () =>
      isKnown ? this.#evaluated(node, inputs, scope, opsets) : this.#looked(node, opsets),
    );
    node.outputs.forEach((name, i) => {
      if (name !== "") scope.values.set(name, outputs[i]);
    });
  }

  /** What is not supported is listed, or thrown; what else goes wrong says at which node. */
  #guarded(node: Node, opsets: Opsets, evaluate: () => readonly Slot[]): readonly Slot[] {
    if (++this.#depth > deepest) throw corrupt(`functions or graphs are nested more than ${deepest} deep`);
    try {
      return evaluate();
    } catch (error) {
      if (error instanceof NotSupported) {
        const part = this.#part(node, opsets, error.message, error.instead);
        if (this.#findings === undefined) throw unsupported([part]);
        const isNew = !(error instanceof Listed) && !this.#findings.some((each) => each.node === part.node && each.what === part.what);
        if (isNew) this.#findings.push(part);
        return [];
      }
      throw error instanceof SluiceError ? at(node, error) : error;
    } finally {
      this.#depth--;
    }
  }

  #part(node: Node, opsets: Opsets, what: string, instead: string): UnsupportedPart {
    return { operator: nameOf(node), version: opsets.get(node.domain) ?? 0, node: node.name, what, instead };
  }

  #evaluated(node: Node, inputs: readonly Slot[], scope: Scope, opsets: Opsets): readonly Slot[] {
    const { stored, valueOf } = this.#options;
    if (node.op === "Constant" && node.domain === "") return [valueOf(stored.constant(node))];
    const body = this.#options.model.functions.get(keyOf(node));
    if (body !== undefined) return this.#called(node, body, inputs);
    const { evaluate, version } = operatorOf(node, opsets),
      attributes = new Attributes(node.attributes),
      hasGraph = [...node.attributes.values()].some(({ graph }) => graph !== undefined),
      early = !hasGraph && isEarly(inputs);
    const run = this.#runner(scope, opsets);
    const values = evaluate({
      node,
      version,
      attributes,
      inputs: early || hasGraph ? inputs : inputs.map((value) => this.staged(value)),
      run,
    });
    const [unread] = attributes.unread;
    if (unread !== undefined) throw new NotSupported(`has the attribute ${unread}`, "leave it out");
    if (node.outputs.some((name, i) => name !== "" && values[i] === undefined))
      throw corrupt(`gives ${values.length} values, not ${node.outputs.length}`);
    return early ? values.map((value) => (value?.kind === "traced" ? { ...value, isEarly: true } : value)) : values;
  }

  #runner(scope: Scope, opsets: Opsets): Runner {
    const { numbersOf, staging, resetAfter, memory } = this.#options;
    return {
      resetAfter,
      memory,
      known: (value, what) => {
        const numbers = value.kind === "known" ? value : numbersOf(this.#origins.get(value) ?? value);
        if (numbers === undefined)
          throw new NotSupported(`${what} is computed at run time`, "it must be known from shapes and constants: give it as a constant");
        return numbers;
      },
      once: (values, make) => (isEarly(values) ? staging.stage(make) : make()),
      subgraph: (graph, inputs) => {
        if (inputs.length !== graph.inputs.length) throw corrupt(`a subgraph takes ${graph.inputs.length} values, got ${inputs.length}`);
        const outputs = this.graph(graph, new Map(graph.inputs.map(({ name }, i) => [name, nth(inputs, i)])), scope, opsets);
        return outputs.map((value) => value ?? missing());
      },
      firstOf: (attempt, otherwise) => {
        const findings = this.#findings;
        this.#findings = undefined;
        try {
          return attempt();
        } catch (error) {
          if (!(error instanceof NotSupported || (error instanceof SluiceError && error.code === "UNSUPPORTED"))) throw error;
        } finally {
          this.#findings = findings;
        }
        return otherwise();
      },
    };
  }

  /** A value that what differs from run to run reads. */
  staged(value: Slot): Slot {
    if (value?.kind !== "traced" || !value.isEarly) return value;
    const before = this.#staged.get(value);
    if (before !== undefined) return before;
    const tensor = this.#options.staging.stage(() => tensorOf(value, value.tensor.dtype));
    const staged: Value = { ...value, tensor };
    this.#staged.set(value, staged);
    this.#origins.set(staged, value);
    return staged;
  }

  /** A function of the file: its nodes, with the attributes of the call in the place of those that they refer to. */
  #called(node: Node, body: FunctionBody, inputs: readonly Slot[]): readonly Slot[] {
    const scope: Scope = { values: new Map(body.inputs.map((name, i) => [name, inputs[i]])), outer: undefined };
    const given = new Map([...body.defaults, ...node.attributes]);
    for (const each of body.nodes) this.#node(referring(each, given), scope, body.opsets);
    return body.outputs.map((name) => lookUp(name, scope));
  }

  /** Where its inputs are not known: whether it is an operator at all, and so for those of its subgraphs. */
  #looked(node: Node, opsets: Opsets): readonly Slot[] {
    for (const { graph } of node.attributes.values())
      for (const each of graph?.nodes ?? []) this.#guarded(each, opsets, () => this.#looked(each, opsets));
    if (!(node.op === "Constant" && node.domain === "") && !this.#options.model.functions.has(keyOf(node))) operatorOf(node, opsets);
    return [];
  }
}

function lookUp(name: string, scope: Scope | undefined): Slot {
  if (scope === undefined) throw corrupt(`nothing gives "${name}"`, { value: name });
  return scope.values.has(name) ? scope.values.get(name) : lookUp(name, scope.outer);
}

/** Of a subgraph that is not supported: that is listed already. */
function missing(): never {
  throw new Listed("its graph has nodes that are not supported", "see them");
}

function keyOf({ domain, op }: Node): string {
  const [name = "", overload = ""] = op.split(":");
  return functionKey(domain, name, overload);
}

/** The node with what its attributes refer to. */
function referring(node: Node, given: ReadonlyMap<string, Attribute>): Node {
  const attributes = [...node.attributes].flatMap(([name, attribute]): [string, Attribute][] => {
    const { refAttrName } = attribute.proto;
    if (refAttrName === "") return [[name, attribute]];
    const found = given.get(refAttrName);
    return found === undefined ? [] : [[name, found]];
  });
  return { ...node, attributes: new Map(attributes) };
}

/** The same error, with the node it came from. */
function at(node: Node, error: SluiceError): SluiceError {
  if ("node" in error.facts) return error;
  const { code, who, message, facts } = error,
    what = message.slice(message.startsWith(`${who}: `) ? who.length + 2 : 0);
  return new SluiceError({
    code,
    who: "onnx",
    what: `${nameOf(node)} "${node.name}": ${what}`,
    facts: { ...facts, node: node.name },
    cause: error,
  });
}
