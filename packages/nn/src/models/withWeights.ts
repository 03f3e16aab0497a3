// Weights that come from elsewhere, as what a model starts from.
import type { HostArray } from "@sluice/core";
import type { AnyWeights, Settable } from "../layers/known.ts";
import type { Spec } from "../layers/spec.ts";
import type { AnyModel } from "../model/model.ts";
import { byName, single, type ByName, type Names } from "../model/names.ts";
import type { Saved } from "../model/saved.ts";
import { checkFinite } from "../weights/finite.ts";
import { checkArrays, flatten, layoutOf } from "../weights/layout.ts";

/** Throws as `model.withWeights`. */
export function startingFrom(model: AnyModel, weights: Settable<AnyWeights>, samples: ByName<Names, Spec>): Saved {
  const who = "model.withWeights";
  const arrays: Readonly<Record<string, HostArray>> = flatten(weights, who);
  checkArrays(layoutOf(model.build(samples).weights), arrays, who);
  for (const [name, array] of Object.entries(arrays)) checkFinite(array, name, who);
  return { samples: byName(samples, model.ends.inputs, single.inputs), weights: arrays };
}
