// The weights of a sequence by the names of its layers, in types: as `graphOf` names them. Types alone.
import type { AnyWeights, KnownOf } from "../layers/known.ts";
import type { IsVague } from "../options/literal.ts";

/** Each layer's weights by its name; any where the types do not tell every name. They cannot tell that a layer stands there twice, and count two. */
export type WeightsOf<L extends readonly unknown[]> = number extends L["length"]
  ? AnyWeights
  : true extends { readonly [I in keyof L]: IsNameless<KnownOf<L[I]>> }[number]
    ? AnyWeights
    : Gathered<Entries<L, GivenNames<L>>>;

/** Whether the type does not tell what the layer is called. */
type IsNameless<T> = [T] extends [{ readonly name: infer N; readonly kind: infer K }]
  ? [N] extends [undefined]
    ? IsVague<K>
    : IsVague<N>
  : true;

type GivenNames<L extends readonly unknown[]> = Extract<{ readonly [I in keyof L]: NameOf<KnownOf<L[I]>> }[number], string>;
type NameOf<T> = T extends { readonly name: infer N } ? N : never;

/** [name, weights] of each layer; `Taken` are the names that the next cannot have. */
type Entries<L extends readonly unknown[], Taken extends string, Done = never> = L extends readonly [infer First, ...infer Rest]
  ? KnownOf<First> extends { readonly kind: infer K extends string; readonly name: infer N; readonly weights: infer W }
    ? N extends string
      ? Entries<Rest, Taken, Done | Entry<N, W>>
      : Free<K, Taken> extends infer F extends string
        ? Entries<Rest, Taken | F, Done | Entry<F, W>>
        : never
    : never
  : Done;

/** "dense", "dense_1", …: the first that is not taken. */
type Free<K extends string, Taken extends string, Count extends readonly unknown[] = []> =
  Numbered<K, Count["length"]> extends infer F extends string ? (F extends Taken ? Free<K, Taken, [...Count, unknown]> : F) : never;
type Numbered<K extends string, I extends number> = I extends 0 ? K : `${K}_${I}`;

interface Entry<N extends string, W> {
  readonly name: N;
  readonly weights: W;
}

/** Without the layers that have no weights; those that have some with some options only may be missing. */
type Gathered<E> = Flat<
  { readonly [S in Extract<E, Entry<string, unknown>> as MayLack<S["weights"]> extends false ? S["name"] : never]: S["weights"] } & {
    readonly [S in Extract<E, Entry<string, unknown>> as MayLack<S["weights"]> extends true ? S["name"] : never]?: S["weights"];
  }
>;
type MayLack<W> = [keyof W] extends [never] ? "all" : Record<never, never> extends W ? true : false;
type Flat<T> = { readonly [K in keyof T]: T[K] };
