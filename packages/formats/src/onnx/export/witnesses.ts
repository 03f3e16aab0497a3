// Sizes beyond those that formulas are found at: functions that branch on sizes are told by what they trace to there.
import type { Emitted } from "./emission/values.ts";
import type { OpenSize } from "./sizes.ts";
import type { Emission } from "./traced.ts";
import { type Problem, Unlike } from "./dims/unlike.ts";
import { nth } from "../read/there.ts";

export type Point = ReadonlyMap<string, number>;

/** Seen at a number of steps, or at one row, if the model runs there: a layer that throws is no witness. */
export interface Seen {
  readonly point: Point;
  readonly emission: Emission;
}

/** Ordinary sizes, which other scales leave out, and large ones: the same graph must be written there. */
export function seenBeyond(open: readonly OpenSize[], emit: (point: Point) => Emission): readonly Seen[] {
  return [30, 100, 1000].flatMap((steps, k) =>
    attempt(new Map(open.map(({ name }, at) => [name, name === "batch" ? 21 + k : steps + 3 * at])), emit),
  );
}

/**
 * Throws `Unlike` where one row takes other arithmetic than several, or a lambda does for one step. What moves or folds an axis of 1 is left out there, and
 * so is a number times 1: layers with such numbers are not compared, nor lambdas that fold. Layers other than lambdas do not ask for the number of steps.
 */
export function checkOnes({ open, usual, lambdas }: Compared, emit: (point: Point) => Emission): void {
  const all = usual.map(({ emission }) => arithmetic(emission.body.nodes)),
    [{ point }] = usual as readonly [Seen]; // at least one
  const problems = open.flatMap(({ name }): readonly Problem[] => {
    const isBatch = name === "batch",
      origins = [...new Set(nth(all, 0).map(({ origin }) => origin))].filter((origin) => isBatch || lambdas.has(origin));
    if (origins.length === 0) return [];
    const what = `takes other operators for ${isBatch ? "one row" : "one step"}`,
      instead = `Give \`${isBatch ? "batch" : "steps"}\` a number`;
    return attempt(new Map(point).set(name, 1), emit).flatMap(({ emission }) => {
      const ones = arithmetic(emission.body.nodes),
        of = (nodes: readonly Emitted[], origin: string): readonly Emitted[] => nodes.filter((node) => node.origin === origin);
      const isOther = (origin: string): boolean => {
        const each = all.map((nodes) => of(nodes, origin).filter(isKept));
        const isFolded = !isBatch && of(nth(all, 0), origin).some((node) => !isKept(node));
        return !isFolded && each.every((nodes) => isLike(nodes, nth(each, 0))) && !isLike(of(ones, origin).filter(isKept), nth(each, 0));
      };
      return origins.filter(isOther).map((origin) => ({ origin, what, instead, isCertain: true }));
    });
  });
  if (problems.length > 0) throw new Unlike(problems);
}

interface Compared {
  readonly open: readonly OpenSize[];
  readonly usual: readonly Seen[];
  /** By name. */
  readonly lambdas: ReadonlySet<string>;
}

function attempt(point: Point, emit: (point: Point) => Emission): readonly Seen[] {
  try {
    const emission = emit(point),
      isEmpty = emission.body.outputs.some(({ shape }) => shape.includes(0)); // of nothing, anything may be left out
    return isEmpty ? [] : [{ point, emission }];
  } catch {
    return []; // it does not run at these sizes
  }
}

const moves = new Set(["Reshape", "Expand", "Transpose", "Slice", "Identity", "Squeeze", "Concat", "Gather", "Cast", "Pad"]);

/** All but what moves, in bodies too. */
function arithmetic(nodes: readonly Emitted[]): readonly Emitted[] {
  return nodes.flatMap((node) => [...(moves.has(node.op) ? [] : [node]), ...(node.body === undefined ? [] : arithmetic(node.body.nodes))]);
}

/** Whether it is there for an axis of 1 too. */
function isKept({ op }: Emitted): boolean {
  return !op.startsWith("Reduce");
}

/** The same operators, with the same numbers where those are single ones. */
function isLike(a: readonly Emitted[], b: readonly Emitted[]): boolean {
  const text = (nodes: readonly Emitted[]): string =>
    JSON.stringify(nodes.map(({ op, inputs }) => [op, inputs.map((x) => (x.kind === "scalar" ? String(x.value) : ""))]));
  return text(a) === text(b);
}
