// The same graph at several sizes of its inputs as one for all sizes: what is alike stays, what differs is told by the sizes that it differs with.
import type { NameSource } from "../emission/emitter.ts";
import type { Body, Emitted, Value } from "../emission/values.ts";
import type { Initialiser, WrittenGraph, WrittenNode, WrittenValue } from "../emission/written.ts";
import { joinReshape, joinSlice } from "./simpler.ts";
import { Initialisers } from "./initialisers.ts";
import { joinOperand } from "./operands.ts";
import { Scope, type Size } from "./scope.ts";
import { Unlike } from "./unlike.ts";
import { nth } from "../../read/there.ts";

export interface Joined {
  readonly graph: WrittenGraph;
  readonly initialisers: readonly Initialiser[];
}

/** `sizes` are those of the inputs that differ, by their names. Throws `Unlike` with all that cannot be. */
export function join(bodies: readonly Body[], sizes: readonly Size[], names: NameSource): Joined {
  const constants = new Initialisers(names),
    scope = new Scope(names, constants);
  for (const size of sizes) scope.know(size);
  const graph = joinBody(bodies, scope);
  if (scope.problems.length > 0) throw new Unlike(scope.problems);
  return { graph, initialisers: constants.all };
}

function joinBody(bodies: readonly Body[], scope: Scope): WrittenGraph {
  const [first] = bodies as readonly [Body];
  for (const { nodes } of bodies)
    if (nodes.length !== first.nodes.length)
      throw new Unlike([...scope.problems, { origin: firstUnlike(bodies), what: "takes other operators for other sizes" }]);
  const inputs = first.inputs.map((_, k) =>
    joinValue(
      bodies.map((body) => nth(body.inputs, k)),
      scope,
    ),
  ); // as many in each
  for (const [k] of first.nodes.entries())
    joinNode(
      bodies.map(({ nodes }) => nth(nodes, k)),
      scope,
    ); // likewise
  const outputs = first.outputs.map((_, k) =>
    joinValue(
      bodies.map((body) => nth(body.outputs, k)),
      scope,
    ),
  ); // likewise
  return { name: first.name, inputs, outputs, nodes: scope.nodes };
}

function firstUnlike(bodies: readonly Body[]): string {
  const [first] = bodies as readonly [Body];
  return (
    first.nodes.find(({ op }, k) => bodies.some(({ nodes }) => nodes[k]?.op !== op))?.origin ?? first.nodes.at(-1)?.origin ?? first.name
  );
}

/** Dimensions that nothing tells so far are known by this value from here on. */
function joinValue(values: readonly Value[], scope: Scope): WrittenValue {
  const [{ name, elem, shape }] = values as readonly [Value];
  const dims = shape.map((_, axis) => {
    const seen = values.map((value) => nth(value.shape, axis)); // of one rank
    const formula = scope.fit(seen);
    if (formula === undefined) scope.know({ of: name, axis, values: seen });
    else if (formula.terms.length === 0) return formula.constant;
    else if (formula.over > 1) scope.knowRounded({ of: name, axis, values: seen });
    const [term, ...more] = formula?.terms ?? [];
    const size =
      formula?.constant === 0 && formula.over === 1 && more.length === 0 && term?.factor === 1 && term.of.length === 1
        ? term.of[0]
        : undefined;
    return size?.name ?? `${name}.${axis}`;
  });
  return { name, elem, dims };
}

function joinNode(nodes: readonly Emitted[], scope: Scope): void {
  const [first] = nodes as readonly [Emitted];
  const { op, origin, attributes } = first;
  const isLike = nodes.every((node) => node.op === op && node.inputs.length === first.inputs.length && sameOutputs(node, first) && JSON.stringify(node.attributes) === JSON.stringify(attributes)); // prettier-ignore
  if (!isLike) throw new Unlike([...scope.problems, { origin, what: "takes other operators for other sizes" }]);
  const operands = first.inputs.map((_, k) => nodes.map((node) => nth(node.inputs, k))); // as many in each
  const inputs = orProblem(
    scope,
    () =>
      (op === "Reshape" ? joinReshape(nodes, scope) : op === "Slice" ? joinSlice(nodes, scope) : undefined) ??
      operands.map((each) => joinOperand(each, scope, origin)),
  );
  const bodies = nodes.flatMap(({ body }) => (body === undefined ? [] : [body]));
  const body = bodies.length === 0 ? undefined : joinBody(bodies, scope.within());
  const written: WrittenNode = {
    op,
    inputs,
    outputs: first.outputs.map(({ name }) => name),
    attributes,
    origin,
    ...(body !== undefined && { body }),
  };
  scope.nodes.push(written);
  for (const k of first.outputs.keys())
    joinValue(
      nodes.map(({ outputs }) => nth(outputs, k)),
      scope,
    ); // likewise
}

/** What cannot be told goes to the list of all such. */
function orProblem(scope: Scope, join: () => readonly string[]): readonly string[] {
  try {
    return join();
  } catch (error) {
    if (!(error instanceof Unlike)) throw error;
    scope.report(error.problems);
    return [];
  }
}

function sameOutputs(a: Emitted, b: Emitted): boolean {
  return a.outputs.length === b.outputs.length && a.outputs.every(({ name, elem, shape }, k) => name === nth(b.outputs, k).name && elem === nth(b.outputs, k).elem && shape.length === nth(b.outputs, k).shape.length); // prettier-ignore
}
