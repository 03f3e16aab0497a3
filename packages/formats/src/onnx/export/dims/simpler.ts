// Sizes that operators themselves can take from what they read: then none is computed.
import type { Emitted, Ints, Value } from "../emission/values.ts";
import { joinInts, joinOperand } from "./operands.ts";
import type { Scope } from "./scope.ts";
import { nth } from "../../read/there.ts";

/** 0 for a dimension that stays, −1 for the one that follows; undefined where that does not tell all. */
export function joinReshape(nodes: readonly Emitted[], scope: Scope): readonly string[] | undefined {
  const targets = nodes.map(({ inputs }) => (inputs[1] as Ints).values); // as reshape emits it
  const [first = []] = targets;
  const differs = (k: number): boolean => targets.some((target) => target[k] !== first[k]);
  const stays = (k: number): boolean => nodes.every(({ inputs }, p) => shapeOf(inputs[0])?.[k] === nth(targets, p)[k]);
  const open = first.map((_, k) => k).filter((k) => differs(k) && !stays(k));
  if (!first.some((_, k) => differs(k)) || open.length > 1) return undefined;
  const target = first.map((n, k) => (!differs(k) ? n : stays(k) ? 0 : -1));
  return [
    joinOperand(
      nodes.map(({ inputs }) => nth(inputs, 0)),
      scope,
      nth(nodes, 0).origin,
    ),
    scope.constants.ints(target),
  ]; // as reshape emits it
}

/** Starts and ends counted from the back where that is what stays. */
export function joinSlice(nodes: readonly Emitted[], scope: Scope): readonly string[] {
  const origin = nth(nodes, 0).origin; // at least one
  const fromBack = (which: 1 | 2): readonly Ints[] => {
    const all = nodes.map(({ inputs }) => inputs[which] as Ints), // as slice emits it
      axes = nodes.map(({ inputs }) => (inputs[3] as Ints).values); // likewise
    const counted = all.map(({ values }, p) => values.map((n, k) => n - (shapeOf(nth(nodes, p).inputs[0])?.[nth(nth(axes, p), k)] ?? NaN)));
    const takes = (k: number): boolean => all.some(({ values }) => values[k] !== nth(all, 0).values[k]) && counted.every((values) => values[k] === nth(counted, 0)[k] && nth(values, k) < 0); // prettier-ignore
    return all.map(({ values }, p) => ({ kind: "ints", values: values.map((n, k) => (takes(k) ? nth(nth(counted, p), k) : n)) }));
  };
  const rest = nth(nodes, 0)
    .inputs.map((_, k) => k)
    .slice(3);
  return [
    joinOperand(
      nodes.map(({ inputs }) => nth(inputs, 0)),
      scope,
      origin,
    ),
    joinInts(fromBack(1), scope, origin),
    joinInts(fromBack(2), scope, origin),
    ...rest.map((k) =>
      joinInts(
        nodes.map(({ inputs }) => inputs[k] as Ints),
        scope,
        origin,
      ),
    ),
  ];
}

function shapeOf(operand: Emitted["inputs"][number] | undefined): readonly number[] | undefined {
  return operand === undefined || operand.kind === "ints" || operand.kind === "absent" ? undefined : (operand as Value).shape; // all others have one
}
