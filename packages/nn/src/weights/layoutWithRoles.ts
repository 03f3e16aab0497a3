// The layout of weights of which some differ while they train.
import { refused } from "@sluice/core/arguments";
import { layoutOf, type Layout } from "./layout.ts";
import { rolesOf, type WeightGroup } from "./roles.ts";

/** Throws as `rolesOf`, and INVALID_ARGUMENT where no weight is left that trains. */
export function layoutWithRoles(who: string, weights: unknown, groups: readonly WeightGroup[]): Layout {
  if (groups.length === 0) return layoutOf(weights);
  const layout = layoutOf(weights, (own) => rolesOf(who, own, groups));
  if (layout.trained > 0) return layout;
  throw refused(`${who} groups`, "what is left to train", [], "a weight at least");
}
