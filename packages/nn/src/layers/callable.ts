// Layers as functions of symbolic values: how graphs are made, by whoever writes a layer or calls one.
import { leavesOf, mapTree, SluiceError, Tensor, type Tree, type Weight } from "@sluice/core";
import { check, refused, show, text, unknownOption, type Rule } from "@sluice/core/arguments";
import { isRecord } from "../options/table.ts";
import { Also, Masked, Symbolic } from "./layer.ts";
import type { AnyLayer, Beside, Call, Gives, Layer, LayerDefinition, OwnDefinition } from "./layer.ts";
import { printed } from "./printed.ts";
import type { ArraysOf, Known, LayerName, Naming } from "./known.ts";
import { checkedSpec, type Spec } from "./spec.ts";

/**
 * A layer of one's own: it can be called on symbolic values, and `build` checks what it is given (INVALID_ARGUMENT for what is no sample).
 *
 * Where `build` says the type of its input, `apply` knows the weights by their names. Throws INVALID_ARGUMENT for what has no kind, config or build.
 *
 * ```ts
 * const gain = layer({
 *   kind: "gain",
 *   config: {},
 *   build: (input: Spec) => ({
 *     output: input,
 *     weights: { gain: { axes: { features: input.shape.at(-1) ?? 1 }, init: "ones" } },
 *     stepwise: "pointwise",
 *     apply: (w, x) => x.mul(w.gain),
 *   }),
 * });
 * ```
 */
export function layer<
  X = Spec,
  const P extends Tree<Weight> = Tree<Weight>,
  const K extends string = string,
  const N extends LayerName = undefined,
>(definition: OwnDefinition<X, P> & { readonly kind: K; readonly config: Naming<N> }): Layer<NoInfer<X>> & Known<K, N, ArraysOf<P>> {
  return callable(definition as unknown as LayerDefinition<X>) as unknown as Layer<X>; // whose weights are those it says; without `gives` a call gives one value
}

type Calls = (x: Tree<Symbolic>, beside?: Beside<Symbolic>) => Tree<Symbolic>;

/** The same of any layer; what a call of it gives is the caller's to say. */
export function callable<D extends AnyLayer>(definition: D): D & Calls {
  check<unknown>("layer", "definition", definition, { expected: "a record of kind, config and build", accepts: isLayer });
  const call: Calls = (x, beside = {}) => callOf(whole, x, beside);
  const whole: D & Calls = Object.assign(
    printed(call, definition.kind, () => `${definition.kind} ${show(definition.config)}`),
    definition,
    {
      build(input: never, who: string = definition.kind, beside: Beside<Spec> = {}) {
        check(`${definition.kind}.build`, "who", who, text);
        if (definition.takes !== "list") checkTakes(`${definition.kind}.build`, definition, input); // which says itself what it needs
        return definition.build(checkedSpecs(`${definition.kind}.build`, input) as never, who, beside); // of the same tree
      },
    },
  );
  return whole;
}

export function isLayer(value: unknown): value is AnyLayer {
  if (typeof value !== "function" && !isRecord(value)) return false;
  const { kind, config, build } = value as { readonly [K in keyof AnyLayer]?: unknown }; // whatever it has
  return (
    typeof kind === "string" &&
    typeof build === "function" &&
    isRecord(config) &&
    (config["name"] === undefined || text.accepts(config["name"]))
  );
}

/** What it takes to ask of a tree what stands at its leaves. */
export const isSymbolic = (value: unknown): value is Symbolic => value instanceof Symbolic;
export const isDrawn = (value: unknown): boolean =>
  typeof value === "object" && value !== null && ("rate" in value || "deviation" in value);

/** What a layer gives, and what stands beside it by name: those that its `also` says. */
export function withAlso(value: Tensor | Masked, also: Beside<Tensor>): Also {
  return new Also(value, also);
}

const anyTensor: Rule<Tensor> = { expected: "a tensor of the traced function", accepts: (value) => value instanceof Tensor };

/**
 * What a layer gives that says itself which steps count: mask [batch, steps], not 0 where one does; undefined where all do. Throws INVALID_ARGUMENT for
 * what is no tensor.
 */
export function masked(tensor: Tensor, mask: Tensor | undefined): Masked {
  check("masked", "tensor", tensor, anyTensor);
  if (mask !== undefined) check("masked", "mask", mask, anyTensor);
  return new Masked(tensor, mask);
}

/** What `layer` gives for these. Throws INVALID_ARGUMENT for what is no symbolic value. */
function callOf(layer: AnyLayer, x: Tree<Symbolic>, beside: Beside<Symbolic>): Tree<Symbolic> {
  const who = layer.config.name ?? layer.kind;
  checkSymbolic(who, "x", x);
  checkTakes(who, layer, x);
  if (isSymbolic(beside)) throw unnamed(who, layer.reads);
  if (!isRecord(beside)) throw notSymbolic(who, "what stands beside x", beside);
  for (const name of Object.keys(beside)) if (!(layer.reads ?? []).includes(name)) throw unread(who, name, layer.reads);
  const given = Object.entries(beside).filter(([, tree]) => (tree as unknown) !== undefined);
  for (const [name, tree] of given) checkSymbolic(who, name, tree);
  const call: Call = { layer, x: copied(x), beside: Object.fromEntries(given.map(([name, tree]) => [name, copied(tree)])) };
  const isName = (leaf: unknown): boolean => leaf === true;
  const each = (names: Gives): Tree<Symbolic> => mapTree(names, isName, (_, path) => new Symbolic(call, path)) as Tree<Symbolic>; // one for each
  return Object.assign(layer.gives === undefined ? new Symbolic(call) : each(layer.gives), each(layer.also ?? {}));
}

function unnamed(who: string, [first, ...more]: readonly string[] = []): SluiceError {
  if (first === undefined) return unread(who, "a second value");
  const fix = `Call it on x and { ${[first, ...more].join(" }, or { ")} }`;
  return new SluiceError({ code: "INVALID_ARGUMENT", who, what: "takes what stands beside x by name, got a value without one", fix });
}

function unread(who: string, name: string, reads: readonly string[] = []): SluiceError {
  if (reads.length > 0) return unknownOption(who, name, reads);
  return new SluiceError({ code: "INVALID_ARGUMENT", who, what: `reads nothing beside x, got ${show(name)}`, fix: "Call it on x alone" });
}

/** What the caller does to a list or record later changes nothing. */
function copied(tree: Tree<Symbolic>): Tree<Symbolic> {
  return mapTree(tree, isSymbolic, (leaf) => leaf) as Tree<Symbolic>; // the same leaves
}

/** Throws INVALID_ARGUMENT for a list where one value is read, and the like. */
function checkTakes(who: string, { takes }: AnyLayer, x: unknown): void {
  const isOne = (value: unknown): boolean => !Array.isArray(value) && !isPlain(value);
  if (takes === "any" || (takes === undefined && isOne(x))) return;
  if (takes === "list" && Array.isArray(x) && x.every(isOne)) return;
  if (Array.isArray(takes) && isPlain(x)) {
    const unknown = Object.keys(x).find((name) => !takes.includes(name));
    if (unknown !== undefined) throw unknownOption(who, unknown, takes);
    if (takes.every((name) => isOne((x as Readonly<Record<string, unknown>>)[name] ?? []))) return; // a record, as was just seen
  }
  const wanted = takes === undefined ? "one value" : takes === "list" ? "a list of values" : `a record of ${takes.join(", ")}`;
  throw refused(who, "x", x, wanted);
}

/** A record of values, or of specs, and not one of them. */
function isPlain(value: unknown): value is object {
  return isRecord(value) && !(value instanceof Symbolic) && !("shape" in value);
}

function checkSymbolic(who: string, name: string, tree: unknown): void {
  const leaves = leavesOf(tree, isSymbolic);
  for (const [path, leaf] of leaves) if (!isSymbolic(leaf)) throw notSymbolic(who, path === "" ? name : `${name}.${path}`, leaf);
  if (leaves.length === 0) throw notSymbolic(who, name, tree);
}

function notSymbolic(who: string, name: string, got: unknown): SluiceError {
  return new SluiceError({
    code: "INVALID_ARGUMENT",
    who,
    what: `${name} must be what input(…) or another layer gives, got ${show(got)}`,
    fix: "Call layers on symbolic values, as in dense({ units: 1 })(input({ shape: [3] })); numbers go to fit and predict",
  });
}

/** A tree of them, copied. */
function checkedSpecs(who: string, input: unknown): unknown {
  if (Array.isArray(input)) return input.map((each: unknown) => checkedSpecs(who, each));
  const isTree = isRecord(input) && !("shape" in input) && Object.keys(input).length > 0 && Object.values(input).every(isRecord);
  if (isTree) return Object.fromEntries(Object.entries(input).map(([name, each]) => [name, checkedSpecs(who, each)]));
  return checkedSpec(who, input as Spec); // which checks it
}
