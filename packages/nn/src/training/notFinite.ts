// What is told of a value that is not finite: layer, cell and gate, operation, time step and row.
import type { Node } from "@sluice/core/graph";
import type { Layout } from "../weights/layout.ts";
import type { Rows } from "./feed.ts";
import type { Origin, Searched } from "./origin.ts";
import type { Site, SiteGradients, Sites } from "./sites.ts";

/** Where the first value that is not finite arises. Plain data. */
export interface NotFinite {
  /** On the way to the loss, on the way back, or, where each gradient is finite, as their squares are summed. */
  readonly pass: "forward" | "backward" | "update";
  /** The layer's name, "loss" for what stands behind all layers, or "weights" where they are not finite themselves. */
  readonly layer: string;
  /** "lstm", as the layer is called. */
  readonly kind?: string;
  /** That of its recurrence. */
  readonly cell?: string;
  /** The gate that the value is for, where it is for one alone. */
  readonly gate?: string;
  /** "exp", "div", "product", … or the name of a weight. */
  readonly operation: string;
  /** Index of the time step, from 0, where it has one. */
  readonly step?: number;
  /** Index of the row in the batch, from 0, where it has one, and of the sample in the data. */
  readonly row?: number;
  readonly sample?: number;
  readonly value: "NaN" | "Infinity" | "-Infinity";
}

export interface About {
  readonly sites: Sites;
  readonly rows: Rows;
  /** With those that fill it up. */
  readonly batch: number;
  /** How many steps sequences have. */
  readonly steps: ReadonlySet<number>;
}

export function foundForward({ sites, ...about }: About, origin: Origin): NotFinite {
  const site = sites.ownerOf(origin.node),
    gate = sites.gateOf(origin.node);
  const layer = origin.node.kind === "input" ? "weights" : "loss";
  return { pass: "forward", ...named(site, layer), ...(gate !== undefined && { gate }), ...told(origin, about) };
}

/** The first layer, from the end, on whose way back something is not finite: a gradient of what it reads or of its weights, where those of what it gives are. */
export function foundBackward({ sites, ...about }: About, searched: Searched, { entries }: Layout): NotFinite | undefined {
  const isFinite = ({ given }: SiteGradients): boolean => searched.originOf(given.map(({ node }) => node)) === undefined;
  const weights = searched.values(sites.flat.node);
  const broken = Object.entries(entries).filter(([, { offset, size }]) =>
    weights.subarray(offset, offset + size).some((g) => !Number.isFinite(g)),
  );
  for (const here of sites.gradients.toReversed()) {
    if (!isFinite(here)) return described(undefined, here);
    const before = here.reads.find((giver) => !isFinite(giver));
    if (before !== undefined) return described(here.site, before);
    if (broken.some(([weight]) => weight.startsWith(`${here.site.layer}.`))) return described(here.site, undefined);
  }
  return broken.length === 0 ? undefined : described(undefined, undefined);

  function described(site: Site | undefined, from: SiteGradients | undefined): NotFinite | undefined {
    const origin = searched.originOf((from?.given ?? [sites.flat]).map(({ node }) => node));
    return origin && { pass: "backward", ...named(site, "loss"), ...told(origin, about) };
  }
}

/** Where the sum of squares is above what the dtype holds: the weight with the largest gradient. */
export function foundInSquares({ sites: { flat, loss } }: About, { values }: Searched, { entries }: Layout): NotFinite | undefined {
  const gradients = values(flat.node),
    most = flat.dtype === "f32" ? 3e38 : 1e308; // as an update has it
  const squares = (from: number, to: number): number =>
    Array.from(gradients.subarray(from, to), (g) => g * g).reduce((sum, one) => sum + one, 0);
  const [cost = 0] = values(loss.node);
  if (squares(0, gradients.length) + cost * cost < most) return undefined;
  const [largest] = Object.entries(entries)
    .filter(([, { end }]) => end <= gradients.length)
    .map(([weight, { offset, size }]) => ({ weight, squares: squares(offset, offset + size) }))
    .toSorted((a, b) => b.squares - a.squares);
  if (largest === undefined || largest.squares < cost * cost)
    return { pass: "update", layer: "loss", operation: "square", value: "Infinity" };
  const at = largest.weight.lastIndexOf(".");
  return { pass: "update", layer: largest.weight.slice(0, at), operation: largest.weight.slice(at + 1), value: "Infinity" };
}

/** As a sentence goes on: "the first such value is …". */
export function sentence({ pass, layer, cell, gate, operation, step, row, value }: NotFinite): string {
  if (pass === "update")
    return `each value is finite, and the squares of the gradient overflow: the largest is that of ${layer}.${operation}`;
  const where = layer === "loss" ? "in the loss" : layer === "weights" ? "among the weights" : `in layer "${layer}"`;
  const within = [cell !== undefined && `cell ${cell}`, gate !== undefined && `gate ${gate}`].filter((part) => part !== false).join(", ");
  const at = [step !== undefined && `time step ${step}`, row !== undefined && `row ${row} of the batch`].filter((part) => part !== false);
  const back = pass === "backward" ? " on the way back" : "";
  return `the first such value${back} is ${value}, of ${operation} ${where}${within && ` (${within})`}${at.length > 0 ? ` at ${at.join(" of ")}` : ""}`;
}

function named(site: Site | undefined, otherwise: string): Pick<NotFinite, "layer" | "kind" | "cell"> {
  if (site === undefined) return { layer: otherwise };
  const { layer, kind, cell } = site;
  return { layer, kind, ...(cell !== undefined && { cell }) };
}

function told(
  { node, index, value, iterations }: Origin,
  { rows: { order, from }, batch, steps }: Omit<About, "sites">,
): Pick<NotFinite, "operation" | "step" | "row" | "sample" | "value"> {
  const { step, row } = placeIn(node, index, { batch, steps, inLoop: iterations[0]?.t });
  return {
    operation: operationOf(node),
    ...(step !== undefined && { step }),
    ...(row !== undefined && { row, sample: order?.[from + row] ?? from + row }),
    value: Number.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity",
  };
}

interface Axes {
  readonly batch: number;
  readonly steps: ReadonlySet<number>;
  /** The iteration of the outermost loop around. */
  readonly inLoop: number | undefined;
}

/** By the sizes of the axes: batch first, or steps and then the batch. Neither where both have one size and the value is of all steps. */
function placeIn({ shape }: Node, index: number, { batch, steps, inLoop }: Axes): { readonly step?: number; readonly row?: number } {
  const [first = 1, second = 1] = shape;
  const size = shape.reduce((product, n) => product * n, 1);
  const [i, j] = [Math.floor(index / (size / first)), Math.floor(index / (size / first / second)) % second];
  if (inLoop !== undefined) return { step: inLoop, ...(first === batch && shape.length > 0 && { row: i }) };
  if (shape.length < 2 || !steps.has(second) || first !== batch)
    return steps.has(first) && second === batch && shape.length > 2 && first !== batch
      ? { step: i, row: j }
      : first === batch && shape.length > 0
        ? { row: i }
        : {};
  if (first === second || shape.length < 3) return shape.length < 3 ? { row: i } : {};
  return { row: i, step: j };
}

function operationOf(node: Node): string {
  switch (node.kind) {
    case "pointwise":
      return node.op;
    case "matmul":
      return "product";
    case "reduce":
      return node.combine;
    case "gather":
      return "lookup";
    case "input":
      return node.label ?? "weights";
    default:
      return node.kind;
  }
}
