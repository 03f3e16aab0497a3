// Where what is not finite comes from: a batch computed again, value by value, until the first layer, operation, step and row are known.
import { allOrNothing, leavesOf, trace, type NDArray, type Tensor, type TypedArray } from "@sluice/core";
import { postorder, type Graph, type Node } from "@sluice/core/graph";
import { disposeEach, type Held } from "../learner/bind.ts";
import { DrawnArray } from "../learner/drawnArray.ts";
import type { Flat, Given } from "../learner/update.ts";
import type { Named } from "../model/graph.ts";
import { unpack } from "../weights/layout.ts";
import { Batch } from "./batch.ts";
import { Carried } from "./carried.ts";
import type { BatchInputs } from "./batchInputs.ts";
import type { Dataset } from "./dataset.ts";
import type { Rows } from "./feed.ts";
import { targetsOf } from "./heads.ts";
import { foundBackward, foundForward, foundInSquares, type NotFinite } from "./notFinite.ts";
import { modelObjective } from "./objective.ts";
import { search } from "./origin.ts";
import type { Session } from "./session.ts";
import { takenBy } from "./setting.ts";
import { watchedSites, type Sites } from "./sites.ts";

export interface Located {
  readonly session: Session;
  readonly data: Dataset;
  readonly rows: Rows;
  /** Rows of the batch with those that fill it up, as masks are drawn for. Default those that there are. */
  readonly batch?: number;
  /** What the batch before left, by name; zeros where there is none. */
  readonly state?: Named<NDArray> | undefined;
  /** Products and values that may be computed: beyond, undefined comes back at once. Default any. */
  readonly limit?: number;
}

/**
 * Forward first: the earliest value that is not finite on the way to the loss. Otherwise backward, the first layer from the end whose gradients are not finite, and otherwise
 * the sum of squares of all gradients. Drawn masks are those of the next update; a model that samples its own tokens reads the truth. Undefined where all is finite here, such as where a backend rounds otherwise.
 */
export async function locate({ limit = Infinity, ...located }: Located): Promise<NotFinite | undefined> {
  const { graph, sites, numbers } = await traced(located);
  const known = new Map(graph.inputs.map((node, i) => [node as Node, numbers[i] ?? new Float64Array(0)])); // one for each
  if (workOf([sites.loss.node]) > limit) return undefined;
  const about = { sites, rows: located.rows, batch: located.batch ?? located.rows.count, steps: stepsIn(located.data) };
  const forward = search([sites.loss.node], known);
  const origin = forward.originOf([sites.loss.node]);
  if (origin !== undefined) return foundForward(about, origin);
  const gradients = sites.gradients.flatMap(({ given }) => given).map(({ node }) => node);
  if (workOf([...gradients, sites.flat.node]) > limit) return undefined;
  const backward = search([sites.loss.node, ...gradients, sites.flat.node], known);
  const { layout } = located.session.variables("trainer.fit");
  return foundBackward(about, backward, layout) ?? foundInSquares(about, backward, layout);
}

interface Traced {
  readonly graph: Graph;
  readonly sites: Sites;
  /** Of the graph's inputs, in order. */
  readonly numbers: readonly TypedArray[];
}

type TracedInputs = Flat<Tensor> & Given<BatchInputs<Tensor>, Tensor>;

async function traced({ session, data, rows, state, batch = rows.count }: Omit<Located, "limit">): Promise<Traced> {
  const { backend, dtype, seed } = session;
  const built = session.build(data.sample),
    heads = session.heads("trainer.fit"),
    variables = session.variables("trainer.fit");
  const { inputs, masks, carried } = allOrNothing((keep) => ({
    carried: keep(new Carried(backend, built, batch, dtype)),
    inputs: keep(new Batch(backend, { ...takenBy(data), batch, targets: targetsOf(heads, built, data.rows), dtype })),
    masks: Object.entries(built.drawn).map(
      ([name, mask]) => [name, keep(new DrawnArray(backend, { name, mask, batch, dtype, seed }))] as const,
    ),
  }));
  const held: readonly Held[] = [inputs, carried, ...masks.map(([, mask]) => mask)];
  try {
    inputs.write(data, rows);
    for (const [, mask] of masks) mask.write(variables.batches);
    const given = {
      ...variables.flat,
      batch: inputs.arrays,
      masks: Object.fromEntries(masks.map(([name, { array }]) => [name, array])),
      ...(state !== undefined && Object.keys(state).length > 0 ? { state } : carried.state),
    };
    let sites: Sites | undefined;
    const objective = modelObjective(built, heads);
    const fn = ({ params, frozen, ...batch }: TracedInputs): Tensor => {
      sites = watchedSites(params, () => objective(unpack(variables.layout, params, frozen), batch).loss);
      return sites.loss;
    };
    const { graph } = trace("locate", fn as (...args: never[]) => unknown, [given]); // arrays in the places of its tensors
    const arrays = leavesOf(given, isArray).map(([, leaf]) => leaf as NDArray); // `isArray` says so
    return { graph, sites: sites as unknown as Sites, numbers: await Promise.all(arrays.map((array) => array.read())) }; // as was just traced
  } finally {
    disposeEach(held);
  }
}

/** Multiplications and values, over all iterations. */
function workOf(roots: readonly Node[]): number {
  const sizeOf = (node: Node): number => node.shape.reduce((product, n) => product * n, 1);
  const times = new Map<Node, number>();
  let work = 0;
  for (const node of postorder(roots).toReversed()) {
    const here = times.get(node) ?? 1;
    work += here * sizeOf(node) * (node.kind === "matmul" ? (node.a.shape.at(-1) ?? 1) : 1);
    if (node.kind !== "stack" && node.kind !== "states") continue;
    const body = [...node.loop.states.map(({ next }) => next), ...(node.kind === "stack" ? [node.of] : [])];
    const outside = new Set([...node.loop.states.map(({ init }) => init), ...node.loop.slices.map(({ of }) => of)]);
    for (const each of postorder(body, (child) => outside.has(child))) if (!times.has(each)) times.set(each, here * node.loop.steps);
  }
  return work;
}

/** How many steps sequences may have. */
function stepsIn({ sample }: Dataset): ReadonlySet<number> {
  return new Set(Object.values(sample).flatMap(({ axes, shape: [steps] }) => (axes[0] === "steps" && steps !== undefined ? [steps] : [])));
}

function isArray(value: unknown): boolean {
  return typeof value === "object" && value !== null && "dtype" in value && "shape" in value;
}
