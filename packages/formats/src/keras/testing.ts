// The models that Keras made for tests: fixtures/README.md.
export const kerasNames = [
  ...["sequential-recurrent", "masked-bidirectional", "functional-attention-two-heads", "conv-lstm", "recurrent-options", "states"],
  ...["bidirectional-merges", "convolutions", "normalisations", "attentions", "merges", "activations", "shapes", "masks", "masking"],
  ...["nested-shared", "any-length", "causal"],
] as const;
