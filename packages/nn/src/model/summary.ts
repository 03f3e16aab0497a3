// What a model is made of, at a glance: each layer's output and how many numbers it learns.
import { leavesOf, isWeight, type Backend, type Tree, type Weight } from "@sluice/core";
import { describe, isSpec, type Spec } from "../layers/spec.ts";
import type { LayerWeight } from "../weights/layerWeight.ts";
import type { BuiltModel } from "./built.ts";
import type { Named } from "./graph.ts";
import { runsOf, type RunSummary } from "./runs.ts";

export interface LayerSummary {
  readonly name: string;
  readonly kind: string;
  /** Of one sample; a tree of them where it gives several. */
  readonly output: Tree<Spec>;
  /** Numbers in its weights. */
  readonly parameters: number;
  /** Those among them that no gradient reaches, such as moving statistics. */
  readonly nonTrainable: number;
}

/** See `Model.summary`. */
export interface Summary {
  readonly name: string;
  /** Samples by input; "x" where there is one without a name. */
  readonly inputs: Named<Spec>;
  readonly layers: readonly LayerSummary[];
  readonly parameters: number;
  /** Those among them that no gradient reaches. */
  readonly nonTrainable: number;
  /** What the numbers themselves take in f32. */
  readonly bytes: number;
  /** What each of the backends asked about would run to predict. */
  readonly runs: readonly RunSummary[];
  /** A table, which Node's console.log prints too. */
  toString(): string;
}

export interface SummaryOptions {
  /** Whose runs are looked at, without compiling any; they need not agree on anything. Default none. */
  readonly backends?: readonly Backend[];
  /** Rows in such a run. Default 1. */
  readonly batch?: number;
}

export function summaryOf(name: string, built: BuiltModel, { backends, batch }: Required<SummaryOptions>): Summary {
  const { inputs, layers } = built;
  const rows = layers.map(({ name, kind, output, weights }) => ({ name, kind, output, ...sizesOf(weights) }));
  const total = (what: "parameters" | "nonTrainable"): number => rows.reduce((sum, row) => sum + row[what], 0);
  const [parameters, nonTrainable] = [total("parameters"), total("nonTrainable")];
  const summary = {
    name,
    inputs,
    layers: rows,
    parameters,
    nonTrainable,
    bytes: 4 * parameters,
    runs: runsOf(name, built, backends, batch),
  };
  const print = { value: () => table(summary), enumerable: false }; // it is data all the same
  return Object.defineProperties(summary as Summary, { toString: print, [Symbol.for("nodejs.util.inspect.custom")]: print });
}

function sizesOf(weights: Tree<Weight>): Pick<LayerSummary, "parameters" | "nonTrainable"> {
  const leaves = leavesOf(weights, isWeight) as readonly (readonly [string, LayerWeight])[]; // a layer has weights alone
  const of = (some: typeof leaves): number =>
    some.reduce((sum, [, { axes }]) => sum + Object.values(axes).reduce((product, n) => product * n, 1), 0);
  return { parameters: of(leaves), nonTrainable: of(leaves.filter(([, { trainable = true }]) => !trainable)) };
}

function table({ name, inputs, layers, parameters, nonTrainable, bytes, runs }: Omit<Summary, "toString">): string {
  const head = ["layer", "kind", "output", "parameters"];
  const body = layers.map((layer) => [layer.name, layer.kind, described(layer.output), grouped(layer.parameters)]);
  const widths = head.map((title, column) => Math.max(title.length, ...body.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells.map((cell, i) => (i === cells.length - 1 ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0))).join("  ");
  return [
    `${name}: ${Object.entries(inputs)
      .map(([input, spec]) => `${input} ${describe(spec)}`)
      .join(", ")}`,
    ...[head, ...body].map(line),
    `${grouped(parameters)} parameters${nonTrainable > 0 ? `, ${grouped(nonTrainable)} of them not learnt` : ""}, ${sized(bytes)} in f32`,
    ...runs.map(ran),
  ].join("\n");
}

function ran({ backend, batch, kernels, scratchBytes }: RunSummary): string {
  return `${backend}: ${grouped(kernels)} ${kernels === 1 ? "kernel" : "kernels"} on ${grouped(batch)} ${batch === 1 ? "row" : "rows"}, ${sized(scratchBytes)} of scratch`;
}

/** One, or several by name. */
function described(output: Tree<Spec>): string {
  const leaves = leavesOf(output, isSpec) as readonly (readonly [string, Spec])[]; // a layer gives these
  return leaves.map(([path, spec]) => (path === "" ? describe(spec) : `${path} ${describe(spec)}`)).join(", ");
}

/** 12,345 */
function grouped(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** 1.5 KiB, of three digits */
function sized(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return `${Number((bytes / 1024 ** power).toPrecision(3))} ${units[power]}`;
}
