// What samples a model is built for.
import { SluiceError, type Shape } from "@sluice/core";
import type { Spec } from "../layers/spec.ts";
import { knownSamples } from "../model/knownSamples.ts";
import type { AnyModel } from "../model/model.ts";
import { asGiven, type ByName, type Names, single } from "../model/names.ts";

/** As given, or as the model says it. Throws INVALID_ARGUMENT where neither says it. */
export function samplesOf(
  who: string,
  { name, graph, ends, saved, sample }: AnyModel,
  shape: ByName<Names, Shape> | undefined,
): ByName<Names, Spec> {
  if (shape !== undefined) return sample(shape);
  const known = knownSamples(graph, saved);
  if (known !== undefined) return asGiven(known, ends.inputs, single.inputs);
  const what = `no sample's shape of the model "${name}" is known`;
  throw new SluiceError({ code: "INVALID_ARGUMENT", who, what, fix: "Pass it, or begin the model with input({ shape })" });
}
