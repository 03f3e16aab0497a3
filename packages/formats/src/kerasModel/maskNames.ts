// Where layers compute masks, Keras puts what it computes them by beside them, each named by its operation: "concatenate", "any_1". It loads no model in which a layer is named so too.
import type { Masked } from "./masksOut.ts";
import { lookup } from "./json.ts";
import type { GraphRecord } from "./record.ts";
import { rules } from "./rules.ts";
import { classOf } from "./variables.ts";

/** What layers are called there: as here, but for those whose names are such an operation's, "concatenate_layer". */
export function namesBesideMasks({ layers, nodes }: GraphRecord, names: readonly string[], masked: readonly Masked[]): readonly string[] {
  const operations = new Set(nodes.flatMap(({ layer }, i) => (masked[i]?.gives === true ? operationsOf(layers[layer]?.kind ?? "") : []))),
    given = new Set(names);
  return names.map((name) => {
    if (!operations.has(name.replace(/_\d+$/, ""))) return name;
    let free = `${name}_layer`;
    while (given.has(free)) free += "_";
    given.add(free);
    return free;
  });
}

/** By which a layer of this kind computes the mask of what it gives. */
function operationsOf(kind: string): readonly string[] {
  if (kind === "embedding") return ["not_equal"];
  if (kind === "masking") return ["not_equal", "any"];
  if (kind === "concatenate") return ["ones_like", "expand_dims", "zeros_like", "logical_or", "concatenate", "any"];
  return lookup(rules, classOf(kind))?.call === "list" ? ["logical_or"] : [];
}
