// The weights that layers come with: those of loaded models that stand in a graph.
import type { HostArray } from "@sluice/core";
import type { Graph, Named } from "./graph.ts";

/** By layer and key, "base.lstm.wx"; what is not among them is drawn. */
export function startIn({ layers }: Graph): Named<HostArray> {
  const each = layers.map(({ name, layer: { start = {} } }) =>
    Object.entries(start).map(([key, array]) => [`${name}.${key}`, array] as const),
  );
  return Object.fromEntries(each.flat());
}
