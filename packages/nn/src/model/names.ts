// One value without a name, or several by name: how a model's inputs and outputs are spoken of.
import { entryOf } from "../host/entryOf.ts";
import type { Named } from "./graph.ts";

/** The names of several, or none where there is one without. */
export type Names = string | null;

/** One T, or one by each name. */
export type ByName<N extends Names, T> =
  | (N extends null ? T : never)
  | ([N & string] extends [never] ? never : { readonly [K in N & string]: T });

/** What the inputs and outputs of a model are called; null for one without a name. */
export interface EndNames {
  readonly inputs: readonly string[] | null;
  readonly outputs: readonly string[] | null;
}

/** What one without a name goes by inside. */
export const single = { inputs: "x", outputs: "y" } as const;

/** By name. */
export function byName<T>(value: ByName<Names, T>, names: readonly string[] | null, one: string): Named<T> {
  return names === null ? { [one]: value as T } : (value as Named<T>); // as the model says
}

/** As the caller has it. */
export function asGiven<T>(values: Named<T>, names: readonly string[] | null, one: string): ByName<Names, T> {
  return names === null ? entryOf(values, one) : Object.fromEntries(names.map((name) => [name, entryOf(values, name)]));
}
