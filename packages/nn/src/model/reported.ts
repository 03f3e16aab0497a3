// The names of what a trainer reports beside the loss, in types: as `reportedOf` makes them. Types alone.
import type { IsVague } from "../options/literal.ts";
import type { Names } from "./names.ts";

/** "mae"; of named outputs "nextLoss" and "nextMae". Any where the types of losses L and metrics M do not tell them all. */
export type Reported<O extends Names, L, M> = [O] extends [null]
  ? NamesIn<M>
  : MayLack<L> | MayLack<M> extends false
    ? `${keyof L & string}Loss` | { readonly [K in keyof M]: `${K & string}${Capitalize<NamesIn<M[K]>>}` }[keyof M]
    : string;

/** Of one output's metrics. */
type NamesIn<M> = [M] extends [never]
  ? never
  : M extends readonly unknown[]
    ? IsUntold<M> extends true
      ? string
      : NameOf<M[number]>
    : string;
type NameOf<M> = M extends { readonly name: infer N extends string } ? N : M extends string ? M : string;

/** Whether the types do not tell which metrics there are. */
type IsUntold<M extends readonly unknown[]> = number extends M["length"]
  ? true
  : true extends { readonly [I in keyof M]: IsVague<NameOf<M[I]>> }[number]
    ? true
    : false;

/** Whether it may lack some of its names. */
type MayLack<T> = [T] extends [never] ? false : T extends Required<T> ? (string extends keyof T ? true : false) : true;
