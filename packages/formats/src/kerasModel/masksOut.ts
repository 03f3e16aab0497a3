// Which values of a graph have steps that may not count, and where Keras would look at them all the same.
import { lookup } from "./json.ts";
import { maskEndsKind } from "./maskEnds.ts";
import type { Problems } from "./problems.ts";
import { type GraphRecord, type LayerRecord, nodeOf, readsOf, type ValueRecord } from "./record.ts";
import { maskRuleOf, rules } from "./rules.ts";
import { classOf, namesWithin } from "./variables.ts";

export interface Masked {
  /** Whether a node reads, or gives, steps that may not count. */
  readonly reads: boolean;
  readonly gives: boolean;
}

/** Of each node. Where Keras would look at all steps, and @sluice/nn does not, `outward.problems` then knows. */
export function masksIn(record: GraphRecord, outward: { readonly problems: Problems; readonly path: string }): readonly Masked[] {
  const names = namesWithin(record.layers),
    found: Masked[] = [];
  for (const node of record.nodes) {
    const layer = record.layers[node.layer]!; // there, as graphs are made
    const problem = (what: string, fix: string): void =>
      outward.problems.add(`${outward.path}${names[node.layer]}`, `(${layer.kind}) ${what}`, fix);
    const isMasked = (value: ValueRecord): boolean => {
      const [, path = ""] = value.split(":");
      return !/^(state|scores)/.test(path) && found[nodeOf(value, record.inputs) ?? -1]?.gives === true;
    };
    const reads = readsOf({ ...node, beside: {} }).map(isMasked),
      isFirst = readsOf(node).every((value) => {
        const from = nodeOf(value, record.inputs);
        return from === undefined || record.layers[record.nodes[from]?.layer ?? -1]?.kind === "input";
      });
    found.push({ reads: readsOf(node).some(isMasked), gives: givesMasked({ layer, reads, isFirst, problem }) });
  }
  return found;
}

interface Asking {
  readonly layer: LayerRecord;
  readonly reads: readonly boolean[];
  /** Whether it reads inputs alone. */
  readonly isFirst: boolean;
  readonly problem: (what: string, fix: string) => void;
}

function givesMasked({ layer: { kind, config }, reads, isFirst, problem }: Asking): boolean {
  const {
    maskIndex,
    returnSequences,
    layer: inside,
  } = config as { readonly maskIndex?: number; readonly returnSequences?: boolean; readonly layer?: LayerRecord }; // their own options
  if (kind === "embedding") return maskIndex !== undefined;
  if (kind === "masking") {
    if (!isFirst) problem("stands behind other layers, which moves Keras's numbering of variables", "put it first");
    return true;
  }
  if (!reads.includes(true) || kind === maskEndsKind) return false;
  const rule = lookup(rules, classOf(kind));
  const { goBackwards } = config as { readonly goBackwards?: boolean }; // of a recurrent layer
  if (rule?.call === "recurrent" && goBackwards === true && returnSequences === true)
    problem(
      "reads masked steps backwards and gives all of them, padding last where Keras has it first",
      "use bidirectional, or returnSequences: false",
    );
  if (rule?.call === "recurrent" || kind === "bidirectional")
    return ((inside?.config as { readonly returnSequences?: boolean } | undefined) ?? { returnSequences }).returnSequences === true; // likewise
  const masks = rule?.call === "single" ? maskRuleOf(rule, config) : rule?.masks;
  if (masks === "mixes") {
    problem(
      "leaves out steps that do not count, and Keras reads them as others",
      "put it where there is no mask, or end the mask before it: maskEnds()",
    );
    return false;
  }
  if (masks === "stops" || (rule?.call === "list" && reads.includes(false))) {
    problem(
      "leaves out steps that do not count, and Keras drops their mask there",
      "use globalAveragePooling1D or a recurrent layer, or end the mask before it: maskEnds()",
    );
    return false;
  }
  return masks !== "heeds";
}
