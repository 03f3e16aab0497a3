// What stays the same while a model is read.
import type { AnyLayer } from "@sluice/nn";
import type { Era } from "./activations.ts";
import type { JsonRecord } from "./json.ts";
import type { Problems } from "./problems.ts";

/** Makers of layers of one's own, by registered name ("MyPackage>MyLayer") or class; each is given the configuration as the file has it. */
export type OwnLayers = Readonly<Record<string, (config: JsonRecord) => AnyLayer>>;

export interface Reading {
  readonly who: string;
  readonly era: Era;
  readonly own: OwnLayers;
  readonly problems: Problems;
  /** What can be seen only when the model is built: of a layer by its name here, the rank that it must have, the batch counted. */
  readonly ranks: Map<string, number>;
}
