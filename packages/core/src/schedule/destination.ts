// Whose memory values are written into: what is decided before there are slots.
import type { Loop, Matmul, Node, Place, Window } from "../graph/node.ts";
import type { Region } from "../graph/regions.ts";

/** Whose memory a value is written into. A value without a destination gets scratch of its own. */
export type Destination =
  | { readonly kind: "result"; readonly binding: number }
  | { readonly kind: "piece"; readonly place: Place; readonly window: Window }
  | { readonly kind: "start" | "next"; readonly loop: Loop; readonly state: number }
  | { readonly kind: "row"; readonly loop: Loop; readonly of: Node }
  | { readonly kind: "sum"; readonly matmul: Matmul };

export interface Result {
  readonly node: Node;
  readonly binding: number;
  /** Does the binding hold an argument that others may still read? */
  readonly update: boolean;
}

export interface Assignment {
  /** What writes each result. */
  readonly writers: readonly Node[];
  readonly destinations: ReadonlyMap<Node, Destination>;
  /** Products that accumulate onto their `plus` where it lies. */
  readonly accumulatesInPlace: ReadonlySet<Node>;
  /** The region that a copy must be made in, though it depends on less. */
  readonly forcedRegion: ReadonlyMap<Node, Region>;
}

/** Does the node have memory of its own to write, wherever that is? */
export function isComputed(node: Node): boolean {
  return !["input", "const", "data", "param", "view"].includes(node.kind);
}
