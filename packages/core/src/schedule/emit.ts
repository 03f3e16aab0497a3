// Items become steps: bodies of instructions over views.
import type { Instruction, Step, View } from "../backend.ts";
import type { FusionPlan } from "../fusion/fuse.ts";
import { canFuse } from "../fusion/canFuse.ts";
import type { Node, Pointwise } from "../graph/node.ts";
import type { Region, Regions } from "../graph/regions.ts";
import { sizeOf } from "../shape.ts";
import type { Item, Items } from "./items.ts";
import type { Placements } from "./placements.ts";

export interface Emitter {
  readonly items: Items;
  readonly clusters: FusionPlan;
  readonly regions: Regions;
  readonly placements: Placements;
  /** Must the node be in memory: a result, or wanted by something outside its kernel? */
  readonly isStored: (node: Node, inside: ReadonlySet<Node>) => boolean;
}

export function emit(emitter: Emitter, region?: Region): Step[] {
  return emitter.items.in(region).flatMap((item) => emitItem(emitter, item));
}

function emitItem(emitter: Emitter, item: Item): readonly Step[] {
  const { placements, clusters } = emitter,
    { region } = item,
    viewOf = (node: Node): View => placements.view(node, region);
  switch (item.kind) {
    case "map":
      return emitMap(emitter, item.nodes, region);
    case "zeros":
      return zeros(viewOf(item.place));
    case "loop": {
      const body = item.loop.steps === 0 ? [] : emit(emitter, item.loop);
      return body.length === 0 ? [] : [{ kind: "scan", length: item.loop.steps, body }];
    }
    case "node": {
      const { node } = item;
      if (sizeOf(node.shape) === 0) return [];
      switch (node.kind) {
        case "matmul":
          return [{ kind: "matmul", a: viewOf(node.a), b: viewOf(node.b), out: viewOf(node), accumulate: node.plus !== undefined }];
        case "gather":
          return [{ kind: "gather", table: viewOf(node.table), index: viewOf(node.index), out: viewOf(node) }];
        case "scatter":
          return [
            ...zeros(viewOf(node)),
            ...(sizeOf(node.source.shape) === 0
              ? []
              : [{ kind: "scatter" as const, source: viewOf(node.source), index: viewOf(node.index), out: viewOf(node) }]),
          ];
        case "reduce": {
          const { body, inputs } = emitBody([node.x], (x) => clusters.fusedIntoReduce(x) === node || clusters.isRematerialised(x), viewOf);
          return [
            {
              kind: "reduce",
              shape: node.x.shape,
              folded: node.folded,
              combine: node.combine,
              body,
              inputs,
              output: viewOf(node),
              accumulate: false,
            },
          ];
        }
      }
    }
  }
}

function emitMap({ clusters, regions, placements, isStored }: Emitter, nodes: readonly Pointwise[], region: Region): readonly Step[] {
  const inside = new Set<Node>(nodes),
    stored = nodes.filter((node) => isStored(node, inside)),
    { shape } = nodes[0]!;
  if (sizeOf(shape) === 0 || stored.length === 0) return [];
  const { body, inputs, at } = emitBody(
    stored,
    (x) => inside.has(x) || clusters.isRematerialised(x),
    (x) => placements.view(x, region),
    (x, user) => canFuse(x, user, regions),
  );
  return [{ kind: "map", shape, body, inputs, outputs: stored.map((node) => ({ view: placements.view(node, region), value: at(node) })) }];
}

function zeros(view: View): readonly Step[] {
  return sizeOf(view.shape) === 0
    ? []
    : [{ kind: "map", shape: view.shape, body: [{ op: "const", value: 0 }], inputs: [], outputs: [{ view, value: 0 }] }];
}

interface EmittedBody {
  readonly body: readonly Instruction[];
  readonly inputs: readonly View[];
  /** The instruction that has a node's value. */
  at(node: Node): number;
}

/** Instructions for `roots`: what is inside is computed, constants are written out, everything else is loaded. */
function emitBody(
  roots: readonly Node[],
  isInside: (node: Node) => boolean,
  see: (node: Node) => View,
  isFused: (node: Node, user: Pointwise) => boolean = () => true,
): EmittedBody {
  const body: Instruction[] = [],
    inputs: View[] = [],
    done = new Map<Node, number>(),
    loads = new Map<string, number>();
  const push = (instruction: Instruction): number => body.push(instruction) - 1;
  const load = (node: Node): number => {
    const view = see(node),
      key = JSON.stringify(view),
      known = loads.get(key) ?? push({ op: "load", input: inputs.push(view) - 1 });
    loads.set(key, known);
    return known;
  };
  const value = (node: Node, user?: Pointwise): number => {
    const known = done.get(node);
    if (known !== undefined) return known;
    const inside = node.kind === "pointwise" && isInside(node) && (user === undefined || isFused(node, user));
    const position = node.kind === "const" ? push({ op: "const", value: node.value }) : inside ? compute(node) : load(node);
    done.set(node, position);
    return position;
  };
  const compute = (node: Pointwise): number => {
    const [x = 0, y = 0, z = 0] = node.args.map((arg) => value(arg, node));
    if (node.op === "copy" || node.op === "stop") return x;
    if (node.op === "select") return push({ op: "select", test: x, x: y, y: z });
    return push(node.args.length === 1 ? ({ op: node.op, x } as Instruction) : ({ op: node.op, x, y } as Instruction));
  };
  for (const root of roots) value(root);
  return { body, inputs, at: (node) => done.get(node)! };
}
