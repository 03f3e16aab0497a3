// A traced function as a layer.
import { leavesOf, mapTree, scope, SluiceError, Tensor, trace, type Shape, type Tree } from "@sluice/core";
import { check, oneOf, refused, show } from "@sluice/core/arguments";
import { callable as anyFunction, layerName } from "../options/rules.ts";
import { given, optional, type Table } from "../options/table.ts";
import { layer } from "./callable.ts";
import { zeroed } from "./counted.ts";
import type { LayerName, NoWeights } from "./known.ts";
import type { InPlace, Layer } from "./layer.ts";
import { describe, isSpec, type Spec } from "./spec.ts";

export interface LambdaConfig {
  /** "pointwise" where each step of what it gives is made of the same step of x: then it goes one step at a time. Default: it does not. */
  readonly stepwise?: "pointwise";
  readonly name?: string;
}

export const lambdaTable = {
  stepwise: optional(oneOf("pointwise")),
  name: optional(layerName),
} satisfies Table<LambdaConfig>;

/** What a function of tensors is traced for. */
export type SpecsOf<X> = X extends Tensor ? Spec : { readonly [K in keyof X]: SpecsOf<X[K]> };

/**
 * `fn` of x: any traced function of a value, or of a list or record of values, as of `add`, `where` and `softmax` of core.
 *
 * x [batch, …] → [batch, …], whatever `fn` gives for it; the batch stays the first axis. Where the steps stay the first, their mask stays too; unless it is
 * pointwise, `fn` gets 0 at steps that do not count. No weights, and no file holds it: what learns, or is to be saved, is a layer of one's own.
 * Throws INVALID_ARGUMENT for what is no function; at build INVALID_ARGUMENT where it gives no tensor, SHAPE_MISMATCH where the batch does not stay the first
 * axis or it is not pointwise as it says, and what `fn` throws.
 *
 * ```ts
 * const scaled = lambda((x) => x.div(100), { stepwise: "pointwise" });
 * const far = lambda(([a, b]: readonly [Tensor, Tensor]) => sqrt(square(a.sub(b)).sum(-1, { keepDims: true })));
 *
 * // With a weight, and saved: loadModel(path, { layers: { gain } }).
 * const gain = (config: { readonly name?: string } = {}) =>
 *   layer({
 *     kind: "gain",
 *     config,
 *     build: (input) => ({
 *       output: input,
 *       weights: { gain: { axes: { features: input.shape.at(-1) ?? 1 }, init: "ones" } },
 *       stepwise: "pointwise",
 *       apply: ({ gain }: { readonly gain: Tensor }, x) => x.mul(gain),
 *     }),
 *   });
 * ```
 */
export function lambda<const X = Tensor>(fn: (x: X) => Tensor, options: LambdaConfig = {}): Layer<SpecsOf<NoInfer<X>>> {
  check<unknown>("lambda", "fn", fn, anyFunction);
  const config = given("lambda", lambdaTable, options),
    { stepwise } = config;
  return layer<SpecsOf<X>, NoWeights, string, LayerName>({
    kind: "lambda",
    config,
    takes: "any",
    unsavable: "is a function, which no file holds",
    build(input, who) {
      const of = fn as (x: never) => Tensor; // of the tree that it reads, or it says so
      const output = outputOf(who, of, input);
      if (stepwise !== undefined) checkPointwise(who, of, input, output);
      return {
        output,
        weights: {},
        ...(stepwise !== undefined && { stepwise }),
        apply: (_, x, { masks }) => fn((stepwise === undefined ? counted(x, masks) : x) as unknown as X), // as its specs are
      };
    },
  });
}

/** With 0 at the steps that do not count. */
function counted<X>(x: InPlace<X, Tensor>, masks: Tree<Tensor | undefined>): InPlace<X, Tensor> {
  const isTensor = (leaf: unknown): boolean => leaf instanceof Tensor;
  const found = new Map(leavesOf(masks, isTensor) as [path: string, mask: Tensor | undefined][]); // a tree of these
  return mapTree(x, isTensor, (leaf, path) => zeroed(leaf as Tensor, found.get(path))) as InPlace<X, Tensor>; // one for each
}

/** Two sizes of a batch: what is the same for both does not depend on it. */
const batches = [2, 3] as const;

function outputOf(who: string, fn: (x: never) => Tensor, input: unknown): Spec {
  const [two, three] = batches.map((batch) => traced(who, fn, input, batch)) as [Tensor, Tensor]; // one for each
  const [, ...shape] = two.shape;
  const isFirst = [two, three].every(({ shape: [first, ...rest] }, i) => first === batches[i] && sameShape(rest, shape));
  if (!isFirst) throw unbatched(who, input, two, three);
  const named = ({ axes }: Tensor, d: number): string | undefined => (axes[d + 1] === "batch" ? undefined : axes[d + 1]);
  const axes = shape.map(
    (_, d) => named(two, d) ?? (d === shape.length - 1 ? "features" : d === 0 && shape.length === 2 ? "steps" : `axis${d + 1}`),
  );
  return { shape, axes, dtype: two.dtype === "i32" ? "i32" : "float" };
}

function traced(who: string, fn: (x: never) => Tensor, input: unknown, batch: number): Tensor {
  const args = mapTree(input, isSpec, (leaf) => {
    const { shape, axes, dtype } = leaf as Spec; // `isSpec` says so
    return { shape: [batch, ...shape], axes: ["batch", ...axes], dtype: dtype === "i32" ? "i32" : "f32" };
  });
  const { result } = trace(who, (x: never) => scope(who, () => fn(x)), [args]);
  if (result instanceof Tensor) return result;
  throw refused(who, "what the function gives", result, "a tensor");
}

/** One step must come to what it is among the others, in shape at least. */
function checkPointwise(who: string, fn: (x: never) => Tensor, input: unknown, output: Spec): void {
  let steps = 0;
  const one = mapTree(input, isSpec, (leaf) => {
    const { shape, axes, dtype } = leaf as Spec; // `isSpec` says so
    if (axes[0] !== "steps") return leaf;
    steps = Math.max(steps, shape[0] ?? 0);
    return { shape: shape.slice(1), axes: axes.slice(1), dtype };
  });
  if (steps === 0) return;
  const [batch, ...shape] = traced(who, fn, one, batches[0]).shape;
  if (batch !== batches[0] || output.shape[0] !== steps || !sameShape(shape, output.shape.slice(1))) throw notPointwise(who, output, shape);
}

function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, d) => size === b[d]);
}

function unbatched(who: string, input: unknown, two: Tensor, three: Tensor): SluiceError {
  const gives = ({ shape }: Tensor): string => `[${shape.join(", ")}]`;
  return new SluiceError({
    code: "SHAPE_MISMATCH",
    who,
    what: `the batch must stay the first axis: for ${isSpec(input) ? `x ${describe(input)}` : "what it reads"} it gives ${gives(two)} in a batch of 2 and ${gives(three)} in a batch of 3`,
    fix: "Fold and move the axes behind the batch only, as in x.sum(-1)",
    facts: { shapes: [two.shape, three.shape] },
  });
}

function notPointwise(who: string, output: Spec, shape: Shape): SluiceError {
  return new SluiceError({
    code: "SHAPE_MISMATCH",
    who,
    what: `is not pointwise: it gives ${describe(output)} for all steps and ${show(["batch", ...shape].join(" "))} for one`,
    fix: "Leave stepwise out, or count axes from the end, as in x.sum(-1), so that it does the same for one step",
    facts: { shapes: [output.shape, shape] },
  });
}
