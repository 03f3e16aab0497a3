// What a layer's `build` and `apply` give, checked: a layer may be anybody's.
import { isWeight, leavesOf, SluiceError, Tensor, type Tree } from "@sluice/core";
import { refused } from "@sluice/core/arguments";
import { Also, Masked, type Built } from "../layers/layer.ts";
import { checkedSpec, describe, isSpec, type Spec } from "../layers/spec.ts";
import { isRecord } from "../options/table.ts";

/** The same, whose `apply` gives what `output` says. Throws INVALID_ARGUMENT, naming the layer, for what says no output, weights or apply. */
export function checkedBuilt<X>(who: string, built: Built<X>): Built<X> {
  if (!isRecord(built)) throw refused(who, "what build gives", built, "a record of output, weights and apply");
  const specs = leavesOf(built.output, isSpec);
  const isOutput = specs.length > 0 && specs.every(([, spec]) => isSpec(spec));
  if (!isOutput)
    throw refused(who, "the output of build", built.output, 'a sample, as the input is: { shape: [3], axes: ["units"], dtype: "float" }');
  for (const [, spec] of specs) checkedSpec(who, spec as Spec); // as was just seen
  const areWeights = isRecord(built.weights) && leavesOf(built.weights, isWeight).every(([, weight]) => isWeight(weight));
  if (!areWeights) throw refused(who, "the weights of build", built.weights, "a record of weights, {} where there are none");
  if (typeof built.apply !== "function") throw refused(who, "the apply of build", built.apply, "a function of weights and x");
  return {
    ...built,
    apply(weights, x, context) {
      const given = built.apply(weights, x, context);
      checkGiven(who, built, given instanceof Also ? given.value : given);
      return given;
    },
  };
}

function checkGiven<X>(who: string, { output, stepwise }: Built<X>, given: Tree<Tensor | Masked>): void {
  const found = new Map(leavesOf(given, isValue));
  for (const [path, leaf] of leavesOf(output, isSpec)) {
    const spec = leaf as Spec; // as `checkedBuilt` saw
    const name = path === "" ? "what apply gives" : `what apply gives as ${path}`;
    const value = found.get(path);
    if (!isValue(value)) throw refused(who, name, value, "a tensor");
    const { shape } = value instanceof Masked ? value.tensor : (value as Tensor); // `isValue` says so
    const inner = shape.slice(1).join();
    const isOneStep = stepwise === "pointwise" && spec.shape.length > 0 && inner === spec.shape.slice(1).join();
    if (shape.length === 0 || (inner !== spec.shape.join() && !isOneStep)) throw unlike(who, name, spec, shape);
  }
}

function isValue(value: unknown): boolean {
  return value instanceof Tensor || value instanceof Masked;
}

function unlike(who: string, name: string, spec: Spec, got: readonly number[]): SluiceError {
  return new SluiceError({
    code: "SHAPE_MISMATCH",
    who,
    what: `${name} must be ${describe(spec)}, as build says of output, got [${got.join(", ")}]`,
    fix: "Let build say what apply gives",
    facts: { expected: spec.shape, got },
  });
}
