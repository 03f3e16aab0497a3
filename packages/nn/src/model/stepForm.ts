// A graph of layers that runs one step of a sequence at a time: what depends on the steps of one input goes step by step, the rest is computed before.
import { entryOf, maybeEntryOf } from "../host/entryOf.ts";
import { constant, mapTree, SluiceError, type Tensor, type Tree } from "@sluice/core";
import { Also, type Beside, type Call, type Stepped, type Stepwise, type Symbolic } from "../layers/layer.ts";
import { isSpec, type Spec } from "../layers/spec.ts";
import type { BuiltNode, Fixed, StepForm } from "./built.ts";
import { applyNode, keep, symbolsIn, Values, type Value } from "./forward.ts";
import { readBy, useName, type Graph, type Named } from "./graph.ts";

export interface StepOptions {
  /** The input whose steps are run. */
  readonly over: string;
  readonly maxSteps: number | undefined;
  specOf(value: Symbolic): Spec;
}

interface Stepping {
  readonly node: BuiltNode;
  readonly form: Stepwise<never> | "pointwise";
}

/** Throws UNSUPPORTED, naming every layer that reads later steps; INVALID_ARGUMENT where one needs to know how many steps there may be. */
export function stepForm(graph: Graph, nodes: readonly BuiltNode[], { over, maxSteps, specOf }: StepOptions): StepForm {
  const input = entryOf(graph.inputs, over);
  const moving = movingFrom(input, nodes);
  const moved = nodes.filter((node) => moving.has(node.call));
  checkAll(moved, moving);
  const steps = moved.map((node): Stepping => ({ node, form: formOf(node, maxSteps) }));
  const resting = nodes.filter((node) => !moving.has(node.call));
  const fixed = fixedOf(graph, steps, (value) => value === input || isMoving(value, moving));
  const stateful = steps.flatMap(({ node, form }) => (form === "pointwise" ? [] : [{ node, form }]));
  for (const { node } of steps) checkRead(node, (value) => value === input || isMoving(value, moving), specOf);
  return {
    readsOthers: fixed.length > 0,
    state: Object.fromEntries(stateful.map(({ node, form }) => [useName(node), form.state])),
    before(weights, inputs, masks) {
      const values = new Values();
      for (const [name, symbolic] of Object.entries(graph.inputs))
        if (name !== over) values.setKnown(symbolic, { tensor: entryOf(inputs, name), mask: maybeEntryOf(masks, name) });
      for (const node of resting) applyNode(node, values, weights, {});
      const found = fixed.map((symbolic, i) => [`${i}`, values.of(symbolic)] as const);
      const counted = found.flatMap(([name, { mask }]) => (mask === undefined ? [] : [[name, mask] as const]));
      return { values: Object.fromEntries(found.map(([name, { tensor }]) => [name, tensor])), masks: Object.fromEntries(counted) };
    },
    start(weights, { batch, dtype, fixed: given }) {
      const values = valuesOf(fixed, given);
      const starts = stateful.map(({ node, form }) => {
        const beside = values.tensors(node.call.beside) as Beside<Tensor>; // a record maps to a record
        return [
          useName(node),
          form.start?.(maybeEntryOf(weights, node.name) ?? {}, batch, beside, dtype) ?? zerosLike(form.state, batch, dtype),
        ] as const;
      });
      return Object.fromEntries(starts);
    },
    step(weights, x, { state, fixed: given }) {
      const values = valuesOf(fixed, given);
      values.setKnown(input, { tensor: x, mask: undefined });
      const next: Record<string, Tree<Tensor>> = {};
      for (const { node, form } of steps) {
        const own =
          form === "pointwise"
            ? pointwise(node, values, weights)
            : form.step(maybeEntryOf(weights, node.name) ?? {}, values.tensors(node.call.x) as never, {
                state: state[useName(node)] ?? {},
                ...beside(node, values),
              }); // prettier-ignore -- of the tree that it reads
        if (form !== "pointwise") next[useName(node)] = own.state;
        keep(node, values, own.also === undefined ? own.output : new Also(own.output, own.also), () => undefined);
      }
      const outputs = Object.entries(graph.outputs).map(([name, symbolic]) => [name, values.of(symbolic)] as const);
      const each = (of: (value: Value) => Tensor): Named<Tensor> => Object.fromEntries(outputs.map(([name, value]) => [name, of(value)]));
      return { outputs: each(({ tensor }) => tensor), logits: each(({ tensor, logits }) => logits ?? tensor), state: next };
    },
  };
}

function zerosLike(state: Tree<Spec>, batch: number, float: "f32" | "f64"): Tree<Tensor> {
  const zeros = (leaf: unknown): Tensor => {
    const { shape, dtype } = leaf as Spec; // `isSpec` says so
    return constant(0, [batch, ...shape], dtype === "i32" ? "i32" : float);
  };
  return mapTree(state, isSpec, zeros) as Tree<Tensor>; // one for each
}

function pointwise(node: BuiltNode, values: Values, weights: Named<Tree<Tensor>>): Stepped {
  const output = node.built.apply(maybeEntryOf(weights, node.name) ?? {}, values.tensors(node.call.x) as never, beside(node, values)); // of the tree that it reads
  return { output: output as Tree<Tensor>, state: {} }; // without a mask none is given
}

function beside(
  { call }: BuiltNode,
  values: Values,
): { readonly beside: Beside<Tensor>; readonly besideMasks: Beside<Tensor | undefined> } {
  return {
    beside: values.tensors(call.beside) as Beside<Tensor>, // a record maps to a record
    besideMasks: values.masks(call.beside) as Beside<Tensor | undefined>, // likewise
  };
}

/** The calls that depend on the steps of `input`. */
function movingFrom(input: Symbolic, nodes: readonly BuiltNode[]): ReadonlySet<Call> {
  const moving = new Set<Call>();
  for (const { call } of nodes) if (readBy(call).some((value) => value === input || isMoving(value, moving))) moving.add(call);
  return moving;
}

/** Throws UNSUPPORTED, naming each that cannot. */
function checkAll(nodes: readonly BuiltNode[], moving: ReadonlySet<Call>): void {
  const [first, ...others] = nodes.flatMap((node): Obstacle[] => {
    const why = obstacleOf(node, moving);
    return why === undefined ? [] : [{ node, why }];
  });
  if (first !== undefined) throw unsupported(first, others);
}

interface Obstacle {
  readonly node: BuiltNode;
  readonly why: string;
}

function obstacleOf({ built, call }: BuiltNode, moving: ReadonlySet<Call>): string | undefined {
  if (built.stepwise === undefined)
    return `${/^[aeiou]/.test(call.layer.kind) ? "an" : "a"} ${call.layer.kind} reads steps that are yet to come`;
  const beside = Object.entries(call.beside).find(([, tree]) => symbolsIn(tree).some((value) => isMoving(value, moving)));
  return beside && `its ${beside[0]} comes from the steps that are run`;
}

function formOf({ built: { stepwise = "pointwise" } }: BuiltNode, maxSteps: number | undefined): Stepwise<never> | "pointwise" {
  return stepwise === "pointwise" ? stepwise : stepwise({ maxSteps });
}

function isMoving(value: Symbolic, moving: ReadonlySet<Call>): boolean {
  return value.call !== undefined && moving.has(value.call);
}

/** One step of what is run does not go with all steps of what is not. */
function checkRead(node: BuiltNode, moves: (value: Symbolic) => boolean, specOf: (value: Symbolic) => Spec): void {
  const whole = symbolsIn(node.call.x).find((value) => !moves(value) && specOf(value).axes[0] === "steps");
  if (whole !== undefined) throw unsupported({ node, why: "it reads one sequence step by step and another as a whole" });
}

/** What steps read, or the model gives, that does not depend on them. */
function fixedOf(graph: Graph, steps: readonly Stepping[], moves: (value: Symbolic) => boolean): readonly Symbolic[] {
  const read = [...steps.flatMap(({ node }) => readBy(node.call)), ...Object.values(graph.outputs)];
  return [...new Set(read)].filter((value) => !moves(value));
}

function valuesOf(fixed: readonly Symbolic[], given: Fixed<Tensor>): Values {
  const values = new Values();
  fixed.forEach((symbolic, i) => values.setKnown(symbolic, { tensor: entryOf(given.values, `${i}`), mask: given.masks[`${i}`] }));
  return values;
}

function unsupported({ node: { name, call }, why }: Obstacle, others: readonly Obstacle[] = []): SluiceError {
  const more = others.map(({ node, why }) => `; nor can ${node.name}: ${why}`).join("");
  return new SluiceError({
    code: "UNSUPPORTED",
    who: name,
    what: `cannot run one step at a time: ${why}${more}`,
    fix: "Use predict with whole sequences, or layers that read no later steps",
    facts: { layer: name, kind: call.layer.kind, layers: [name, ...others.map(({ node }) => node.name)] },
  });
}
