// What the type of a layer says of it, so that the type of a model knows its layers by name and their weights. Types alone: nothing of it is there at run time.
import type { HostArray, Weight } from "@sluice/core";
import type { Layer } from "./layer.ts";

declare const known: unique symbol;

/** Of this kind and with this name, undefined where none was given; its weights are W. Without NoInfer a maker would take N from the list it is called in. */
export interface Known<K extends string = string, N extends LayerName = LayerName, W = AnyWeights> {
  readonly [known]?: { readonly kind: K; readonly name: NoInfer<N>; readonly weights: W };
}

/** The one type parameter of all makers: TypeScript calls one of several, `(isLong ? lstm : gru)({ units })`, only where their type parameters are the same. */
export type LayerName = string | undefined;

/** A layer of one input with weights that are declared as P. */
export type KnownLayer<K extends string, N extends LayerName, P> = Layer & Known<K, N, ArraysOf<P>>;

export type NoWeights = Readonly<Record<never, Weight>>;

/** The option that names a layer. */
export interface Naming<N extends LayerName> {
  readonly name?: N;
}

/** What is known of a layer. */
export type KnownOf<L> = L extends { readonly [known]?: infer T } ? T : unknown;

/** One weight. Nothing lies below it. */
export type WeightArray = HostArray & { readonly [below: string]: undefined };

/** Weights of which the names are not known: each may be there. */
export interface AnyWeights {
  readonly [name: string]: WeightArray | SomeWeights;
}

/** No array, but what may lie below. */
type SomeWeights = AnyWeights & { readonly [K in keyof HostArray]?: undefined };

/** The arrays of weights that are declared so. One that is there only with some options may be missing. */
export type ArraysOf<P> = unknown extends P
  ? WeightArray | SomeWeights
  : P extends Weight
    ? WeightArray
    : P extends readonly unknown[]
      ? SomeWeights
      : string extends keyof P
        ? SomeWeights
        : { readonly [K in keyof P]: ArraysOf<P[K]> };

/** What may be given in place of W. */
export type Settable<W> = W extends HostArray ? HostArray : { readonly [K in keyof W]: Settable<W[K]> };
