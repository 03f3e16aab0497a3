// A graph of layers, traced: each applied to what it reads, with masks travelling beside.
import { entryOf, foundIn, maybeEntryOf } from "../host/entryOf.ts";
import { cast, leavesOf, mapTree, maximum, notEqual, scope, Tensor, tensorsOf, where, type Tree } from "@sluice/core";
import { activationFunction } from "../layers/activationFunction.ts";
import { isDrawn, isSymbolic } from "../layers/callable.ts";
import { isSpec, stepsOf, type Spec } from "../layers/spec.ts";
import { Also, Masked, type LayerContext, type Learning, type Symbolic } from "../layers/layer.ts";
import { broadcastLeading, ofSteps } from "../measures/broadcastLeading.ts";
import { penaltiesOf, priceOf, type Regularizer } from "../weights/regularizer.ts";
import type { Applied, BuiltNode, ModelContext } from "./built.ts";
import { useName, type Graph, type Named } from "./graph.ts";
import { watching, type Watched } from "./watch.ts";

export interface Given {
  readonly weights: Named<Tree<Tensor>>;
  readonly inputs: Named<Tensor>;
  readonly context: ModelContext;
}

/** A tensor and, where not all of its steps count, which do: [batch, steps]. */
export interface Value {
  readonly tensor: Tensor;
  readonly mask: Tensor | undefined;
  /** What lies in front of its activation. */
  readonly logits?: Tensor;
}

/** What was computed so far. */
export class Values {
  /** Of inputs, and of what was computed before. */
  readonly #known = new Map<Symbolic, Value>();
  readonly #byCall = new Map<unknown, Map<string, Value>>();

  setKnown(symbolic: Symbolic, value: Value): void {
    this.#known.set(symbolic, value);
  }

  set(node: BuiltNode, path: string, value: Value): void {
    const values = this.#byCall.get(node.call) ?? new Map<string, Value>();
    this.#byCall.set(node.call, values.set(path, value));
  }

  /** What a call gave, by path. */
  given(node: BuiltNode): ReadonlyMap<string, Value> {
    return foundIn(this.#byCall, node.call);
  }

  at(node: BuiltNode, path: string): Value {
    return foundIn(foundIn(this.#byCall, node.call), path);
  }

  of(symbolic: Symbolic): Value {
    return this.#known.get(symbolic) ?? foundIn(foundIn(this.#byCall, symbolic.call), symbolic.path); // a node comes after what it reads
  }

  /** The tensors of a tree of them. */
  tensors(tree: unknown): Tree<Tensor> {
    return mapTree(tree, isSymbolic, (leaf) => this.of(leaf as Symbolic).tensor) as Tree<Tensor>; // one for each
  }

  /** Their masks. */
  masks(tree: unknown): Tree<Tensor | undefined> {
    return mapTree(tree, isSymbolic, (leaf) => this.of(leaf as Symbolic).mask) as Tree<Tensor | undefined>; // likewise
  }

  /** The steps that count in all of them, by how many steps there are. */
  counted(values: readonly Symbolic[]): ReadonlyMap<number, Tensor> {
    const counted = new Map<number, Tensor>();
    for (const mask of new Set(values.map((value) => this.of(value).mask))) {
      const [, steps] = mask?.shape ?? [];
      if (mask === undefined || steps === undefined) continue;
      const others = counted.get(steps);
      counted.set(steps, others === undefined ? mask : where(others, mask, 0));
    }
    return counted;
  }
}

/** What the whole graph gives for a batch. */
export function forward(graph: Graph, nodes: readonly BuiltNode[], { weights, inputs, context }: Given): Applied {
  const values = new Values();
  for (const [name, symbolic] of Object.entries(graph.inputs))
    values.setKnown(symbolic, { tensor: entryOf(inputs, name), mask: maybeEntryOf(context.masks, name) });
  const carried: Record<string, Tree<Tensor>> = {};
  const moved: Record<string, Tensor> = {};
  const losses: Tensor[] = [];
  for (const node of nodes) {
    const name = useName(node);
    const before = maybeEntryOf(context.carried, name);
    const next = (after: Tree<Tensor>): void => void (carried[name] = after);
    const current = node.use === 0 ? weights : asMoved(weights, node.name, moved);
    applyNode(node, values, current, {
      learning: context.learning && learningOf(node.name, context.learning, moved, losses),
      drawn: mapTree(node.built.drawn, isDrawn, (_, path) => maybeEntryOf(context.drawn, path), name) as Tree<Tensor | undefined>, // one for each
      ...(before !== undefined && { carried: { before, next } }),
    });
  }
  const outputs = Object.entries(graph.outputs).map(([name, symbolic]) => [name, values.of(symbolic)] as const);
  const each = <T>(of: (value: Value) => T): Named<T> => Object.fromEntries(outputs.map(([name, value]) => [name, of(value)]));
  return {
    outputs: each(({ tensor }) => tensor),
    logits: each(({ tensor, logits }) => logits ?? tensor),
    masks: each(({ mask }) => mask),
    ...{ carried, moved, losses },
  };
}

/** Of one layer, by its own keys. */
function learningOf(
  name: string,
  { rows, moves }: NonNullable<ModelContext["learning"]>,
  moved: Record<string, Tensor>,
  losses: Tensor[],
): Learning {
  return {
    rows,
    addLoss: (loss) => losses.push(loss),
    moves: (key) => moves(`${name}.${key}`),
    next: (key, value) => void (moved[`${name}.${key}`] = value),
  };
}

/** The weights as an earlier use of the layer has set them. */
function asMoved(weights: Named<Tree<Tensor>>, name: string, moved: Named<Tensor>): Named<Tree<Tensor>> {
  const own = maybeEntryOf(weights, name);
  if (own === undefined || Object.keys(moved).length === 0) return weights;
  const now = mapTree(own, isTensor, (leaf, path) => moved[path] ?? leaf, name) as Tree<Tensor>; // one for each
  return { ...weights, [name]: now };
}

/** Applies a layer to whole sequences, and keeps what it gives. */
export function applyNode(
  node: BuiltNode,
  values: Values,
  weights: Named<Tree<Tensor>>,
  beside: Pick<LayerContext, "drawn" | "carried" | "learning">,
): void {
  const { name, call, built } = node;
  const read = symbolsIn(call.x);
  const counted = values.counted(read);
  const context: LayerContext = {
    ...beside,
    ...{ mask: counted.size === 1 ? [...counted.values()][0] : undefined, masks: values.masks(call.x) },
    beside: values.tensors(call.beside) as LayerContext["beside"] & object, // a record maps to a record
    besideMasks: values.masks(call.beside) as LayerContext["besideMasks"] & object, // likewise
  };
  const own = maybeEntryOf(weights, name) ?? {},
    x = values.tensors(call.x);
  const given = scope(name, () => built.apply(own, x as never, context)); // of the tree that it reads
  keep(node, values, given, maskOf(counted, built.output));
  tell(node, values, { weights: own, x, context });
  const front = built.passes === true && isSymbolic(call.x) ? values.of(call.x).logits : undefined;
  if (front !== undefined) {
    const passed = scope(name, () => built.apply({}, front as never, context)); // it has no weights
    const value = passed instanceof Masked ? passed.tensor : passed;
    if (value instanceof Tensor) values.set(node, "", { ...values.at(node, ""), logits: value });
  }
  const { activityRegularizer } = built;
  if (activityRegularizer !== undefined && beside.learning !== undefined)
    for (const [path] of leavesOf(built.output, isSpec)) addActivity(values.at(node, path), activityRegularizer, beside.learning);
}

/** Whoever looks on may have those behind it read something else. */
function tell(node: BuiltNode, values: Values, read: Pick<Watched, "weights" | "x" | "context">): void {
  const watch = watching();
  if (watch === undefined) return;
  const all = [...values.given(node)];
  const given = Object.fromEntries(all.map(([path, { tensor }]) => [path, tensor]));
  const instead = watch({ name: node.name, layer: node.call.layer, built: node.built, ...read, given });
  for (const [path, value] of all) values.set(node, path, { ...value, tensor: maybeEntryOf(instead, path) ?? value.tensor });
}

/** Per sample, so that it does not grow with the batch. */
function addActivity({ tensor, mask }: Value, regularizer: Regularizer, { rows, addLoss }: Learning): void {
  const counted = where(broadcastLeading(rows, tensor.shape), ofSteps(tensor, mask), 0);
  const price = priceOf(counted, penaltiesOf(regularizer));
  if (price !== undefined) addLoss(price.div(maximum(cast(rows, tensor.dtype).sum(), 1)));
}

/** With its activation, where it has one. */
export function keep(
  node: BuiltNode,
  values: Values,
  given: Tree<Tensor | Masked> | Also,
  maskFor: (path: string) => Tensor | undefined,
): void {
  const activate = node.built.activation && node.built.activation !== "linear" ? activationFunction(node.built.activation) : undefined;
  if (given instanceof Also) for (const [path, tensor] of tensorsOf(given.also)) values.set(node, path, { tensor, mask: undefined });
  mapTree(given instanceof Also ? given.value : given, isValue, (leaf, path) => {
    const { tensor, mask } = leaf instanceof Masked ? flagged(leaf) : { tensor: leaf as Tensor, mask: maskFor(path) }; // `isValue` says so
    if (activate === undefined) values.set(node, path, { tensor, mask });
    else values.set(node, path, { tensor: scope(node.name, () => activate(tensor)), mask, logits: tensor });
  });
}

/** With a mask of the type in which models compute: 1 or 0. */
function flagged({ tensor, mask }: Masked): Value {
  const isSame = mask === undefined || mask.dtype === tensor.dtype || tensor.dtype === "i32";
  return { tensor, mask: isSame ? mask : cast(notEqual(mask, 0), tensor.dtype) };
}

/** The mask of what it read, where the first axis is still that of the steps. */
function maskOf(counted: ReadonlyMap<number, Tensor>, output: BuiltNode["built"]["output"]): (path: string) => Tensor | undefined {
  const kept = new Map(leavesOf(output, isSpec).map(([path, leaf]) => [path, stepsOf(leaf as Spec)])); // a layer gives these
  return (path) => counted.get(kept.get(path) ?? 0);
}

function isTensor(value: unknown): boolean {
  return value instanceof Tensor;
}

function isValue(value: unknown): boolean {
  return value instanceof Tensor || value instanceof Masked;
}

export function symbolsIn(tree: unknown): Symbolic[] {
  const found: Symbolic[] = [];
  mapTree(tree, isSymbolic, (leaf) => found.push(leaf as Symbolic)); // calls are of these
  return found;
}
