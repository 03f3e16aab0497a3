// A graph as it stands in the file: each input by name, dimensions that may differ by theirs.
import type { Attributes, Data, Elem } from "./values.ts";

export interface WrittenValue {
  readonly name: string;
  readonly elem: Elem;
  /** A number, or a name. */
  readonly dims: readonly (number | string)[];
}

export interface WrittenNode {
  readonly op: string;
  /** "" for one that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
  readonly body?: WrittenGraph;
  readonly origin: string;
}

export interface WrittenGraph {
  readonly name: string;
  readonly inputs: readonly WrittenValue[];
  readonly outputs: readonly WrittenValue[];
  readonly nodes: readonly WrittenNode[];
}

/** i64, or the numbers of a weight or a constant. */
export type Initialiser = { readonly name: string; readonly shape: readonly number[] } & (
  | { readonly elem: "i64" | "bool"; readonly data: readonly number[] }
  | { readonly elem: Data["elem"]; readonly data: Data["data"] }
);
