// The models that Keras made for tests: fixtures/README.md.
import type { Saved } from "@sluice/nn";

export const kerasNames = [
  ...["sequential-recurrent", "masked-bidirectional", "functional-attention-two-heads", "conv-lstm", "recurrent-options", "states"],
  ...["bidirectional-merges", "convolutions", "normalisations", "attentions", "merges", "activations", "shapes", "masks", "masking"],
  ...["nested-shared", "dictionaries", "any-length", "causal"],
] as const;

/** The weights of a model, by name. */
export function numbersOf({ saved }: { readonly saved?: Saved }): Readonly<Record<string, readonly number[]>> {
  return Object.fromEntries(Object.entries(saved?.weights ?? {}).map(([name, { data }]) => [name, Array.from(data)]));
}
