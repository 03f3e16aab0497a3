// The layers that a loss is traced through, in order: what belongs to each, and the gradients on both sides of it.
import { gradient, literal, tensorsOf, watchRecurrences, type Tensor, type Tree, type WatchedRun } from "@sluice/core";
import { postorder, type Node } from "@sluice/core/graph";
import { entryOf } from "../host/entryOf.ts";
import { watchLayers, type Watched } from "../model/watch.ts";

/** One use of a layer. */
export interface Site {
  readonly layer: string;
  readonly kind: string;
  /** Of its recurrence, where it has one. */
  readonly cell: string | undefined;
}

export interface SiteGradients {
  readonly site: Site;
  /** With respect to what it gives, all that read it together. */
  readonly given: readonly Tensor[];
  /** The sites that gave what it reads. */
  readonly reads: readonly SiteGradients[];
}

export interface Sites {
  readonly loss: Tensor;
  /** Whose a value is; undefined for what stands behind all layers. */
  ownerOf(node: Node): Site | undefined;
  /** The gate that a value within a step is for, where it is for one alone. */
  gateOf(node: Node): string | undefined;
  /** In the order of tracing; models within the model are told by their layers. */
  readonly gradients: readonly SiteGradients[];
  /** With respect to all weights that train, as they lie. */
  readonly flat: Tensor;
}

export function watchedSites(params: Tensor, trace: () => Tensor): Sites {
  const owners = new Map<Node, Site>();
  const gates = new Map<Node, Set<string>>();
  const all: Watching[] = [];
  const givers = new Map<Node, Watching>();
  let cell: string | undefined;
  const look = ({ name, layer, x, given }: Watched): Readonly<Record<string, Tensor>> => {
    if (layer.kind === "model") return {};
    const site: Site = { layer: name, kind: layer.kind, cell };
    cell = undefined;
    own(owners, site, Object.values(given));
    const zeros = Object.entries(given).flatMap(([path, tensor]) => (tensor.dtype === "i32" ? [] : [[path, zerosLike(tensor)] as const]));
    const reads = tensorsOf(x).flatMap(([, { node }]) => givers.get(node) ?? []);
    const here: Watching = { site, zeros: zeros.map(([, zero]) => zero), reads };
    all.push(here);
    const moved = Object.fromEntries(zeros.map(([path, zero]) => [path, entryOf(given, path).add(zero)]));
    for (const { node } of [...Object.values(moved), ...Object.values(given)]) givers.set(node, here);
    return moved;
  };
  const loss = watchLayers(look, () => watchRecurrences((run) => gating(gates, run, (name) => (cell = name)), trace));
  const found = gradient(loss, [...all.flatMap(({ zeros }) => zeros), params] as Tree<Tensor>) as readonly Tensor[]; // the same tree
  let i = 0;
  const gradients = new Map<Watching, SiteGradients>();
  for (const here of all) {
    const given = here.zeros.map(() => found[i++] ?? loss); // one for each
    gradients.set(here, { site: here.site, given, reads: here.reads.flatMap((giver) => gradients.get(giver) ?? []) });
  }
  return {
    loss,
    ownerOf: (node) => owners.get(node),
    gateOf(node) {
      const [first, second] = gates.get(node) ?? [];
      return second === undefined ? first : undefined;
    },
    gradients: [...gradients.values()],
    flat: found.at(-1) ?? loss, // that of the params
  };
}

/** A layer as it was traced, and what is added to each value that it gives: dL/dx is the gradient with respect to the 0 that is added to x, also of an x that others are computed from. */
interface Watching {
  readonly site: Site;
  readonly zeros: readonly Tensor[];
  readonly reads: readonly Watching[];
}

/** Whatever these are computed from, and no layer before has computed. */
function own(owners: Map<Node, Site>, site: Site, tensors: readonly Tensor[]): void {
  const roots = tensors.map(({ node }) => node);
  for (const node of postorder(roots, (each) => owners.has(each))) if (node.kind !== "input" && !owners.has(node)) owners.set(node, site);
}

/** Numbers, as tracing would leave out a 0 that it knows. */
function zerosLike({ shape, size, dtype }: Tensor): Tensor {
  return literal(dtype === "f64" ? new Float64Array(size) : new Float32Array(size), shape);
}

function gating(gates: Map<Node, Set<string>>, { cell }: WatchedRun, tell: (cell: string) => void) {
  tell(cell);
  return {
    inputs: {},
    step({ output, state, before, gates: named }: Parameters<NonNullable<ReturnType<Parameters<typeof watchRecurrences>[0]>>["step"]>[0]) {
      const states = new Set(Object.values(before).map(({ node }) => node));
      for (const [name, { node }] of Object.entries(named))
        for (const below of postorder([node], (each) => states.has(each))) gates.set(below, (gates.get(below) ?? new Set()).add(name));
      return { output, state, seen: {} };
    },
    all: () => {},
  };
}
