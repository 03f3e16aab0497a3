// Which layers of a traced model are written by a rule of their own; all others are what they were traced to.
import { SluiceError, type Tensor } from "@sluice/core";
import type { Node } from "@sluice/core/graph";
import type { Watched } from "@sluice/nn/kit";
import type { Data, Numbers } from "../emission/values.ts";
import type { Replaced, Replacement } from "../graph/lowering.ts";
import type { Setting } from "./rule.ts";
import { rules } from "./rules.ts";

export interface Mark {
  readonly watched: Watched;
  readonly path: string;
}

/** By the nodes that layers were seen to give. */
export function planOf(
  marks: ReadonlyMap<Node, Mark>,
  known: ReadonlyMap<Node, Numbers>,
  setting: Setting,
): (node: Node) => Replaced | undefined {
  const planned = new Map<Watched, { readonly by: Replacement; readonly paths: readonly string[] } | undefined>();
  const weight = (tensor: Tensor): Data | undefined => {
    const found = known.get(tensor.node);
    return found?.kind === "data" ? found : undefined;
  };
  const plan = (watched: Watched) => {
    if (planned.has(watched)) return planned.get(watched);
    const rule = Object.hasOwn(rules, watched.layer.kind) ? rules[watched.layer.kind] : undefined;
    const written = rule?.({ ...watched, config: watched.layer.config, weight, setting });
    const paths = Object.keys(watched.given);
    const made = written && {
      paths,
      by: {
        origin: watched.name,
        reads: written.reads.map(({ node }) => node),
        emit: (e, lowering) => {
          const given = written.emit(e, (tensor) => lowering.value(tensor.node), lowering);
          return paths.map((path) => given[path] ?? missing(watched, path));
        },
      } satisfies Replacement,
    };
    planned.set(watched, made);
    return made;
  };
  return (node) => {
    const mark = marks.get(node);
    if (mark === undefined) return undefined;
    const made = plan(mark.watched);
    return made && { by: made.by, index: made.paths.indexOf(mark.path) };
  };
}

function missing({ name }: Watched, path: string): never {
  throw new SluiceError({ code: "INTERNAL", who: "toOnnx", what: `internal: the rule of ${name} gives no "${path}"` });
}
